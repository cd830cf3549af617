/** A place on the earth out of what people copy from maps: two numbers, or a link that holds them. */

export interface Point {
  latitude: number;
  longitude: number;
}

const NUMBER = "(-?\\d{1,3}(?:\\.\\d+)?)";
const PAIR = `${NUMBER}\\s*[,;\\s]\\s*${NUMBER}`;
/** The most exact first: a link of a place may name the middle of the shown map too. */
const SHAPES = [
  new RegExp(`!3d${NUMBER}!4d${NUMBER}`),
  new RegExp(`[?&]mlat=${NUMBER}&mlon=${NUMBER}`),
  new RegExp(`[?&](?:q|query|ll|center|destination|daddr)=(?:loc:)?${NUMBER},\\s*${NUMBER}`),
  new RegExp(`@${NUMBER},${NUMBER}`),
  new RegExp(`#map=[\\d.]+/${NUMBER}/${NUMBER}`),
  new RegExp(`^geo:${NUMBER},${NUMBER}`),
  new RegExp(`^\\(?${PAIR}\\)?$`),
];

/** Null when no point of the earth can be found in it. */
export function pointIn(written: string): Point | null {
  const plain = latinDigits(decoded(written)).trim();
  for (const shape of SHAPES) {
    const [, latitude, longitude] = shape.exec(plain) ?? [];
    if (latitude === undefined || longitude === undefined) continue;
    const point = { latitude: Number(latitude), longitude: Number(longitude) };
    if (Math.abs(point.latitude) <= 90 && Math.abs(point.longitude) <= 180) return point;
  }
  return null;
}

function decoded(written: string): string {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

/** Arabic and Persian digits, their decimal separator and comma, and degree signs as maps write them. */
function latinDigits(written: string): string {
  return written
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x0660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0))
    .replace(/٫/g, ".")
    .replace(/،/g, ",")
    .replace(/[°\u200e\u200f\u2068\u2069]/g, "");
}
