/** The file of a message: where it is, how large it is shown, what its size and length are in words. Pure. */
import type { Media, Message } from "../api/types.ts";
import { type Language, remembered } from "../i18n/index.ts";

/** Pictures up to this many bytes are shown whole at once; of larger ones the small picture is enough for a bubble. */
const SHOWN_WHOLE_BYTES_MAX = 300_000;
/** Room for a picture in a bubble, in CSS pixels. */
const PICTURE = { width: 300, height: 340, least: 120, enlarged: 2 };
const STICKER = { width: 150, height: 150, least: 60, enlarged: 1 };
/** Room for one whose size nobody knows yet. */
const UNKNOWN = { width: 260, height: 195 };

export type FileState = "ready" | "pending" | "failed" | "missing";

/** `missing`: nobody ever said where the file is to be had. */
export function stateOf(media: Media | null): FileState {
  if (!media) return "missing";
  if (media.state === "ready" || !media.state) return urlOf(media) ? "ready" : "missing";
  return media.state;
}

/** Only what this server serves, or what is about to be sent from here, is ever loaded into the page. */
export function urlOf(media: Media): string | null {
  return own(media.url);
}

export function thumbnailOf(media: Media): string | null {
  return own(media.thumbnail_url);
}

function own(url: string | null | undefined): string | null {
  return url && /^(\/(?!\/)|blob:)/.test(url) ? url : null;
}

/** What a bubble shows of a picture. */
export function bubblePictureOf(media: Media): string | null {
  const small = thumbnailOf(media);
  return small && (media.bytes ?? Number.POSITIVE_INFINITY) > SHOWN_WHOLE_BYTES_MAX ? small : (urlOf(media) ?? small);
}

/** The same file under its name: shown by the browser where that is safe, or handed over. */
export function linkOf(media: Media, download: boolean): string | null {
  const url = urlOf(media);
  if (!url?.startsWith("/")) return url;
  const query = new URLSearchParams();
  if (media.name) query.set("name", media.name);
  if (download) query.set("download", "true");
  return query.size > 0 ? `${url}?${query}` : url;
}

export interface Size {
  width: number;
  height: number;
}

/** The room to keep for a picture before it is there, in its own proportions as far as they are sensible. */
export function roomFor(message: Pick<Message, "type" | "media">): Size {
  const room = message.type === "sticker" ? STICKER : PICTURE;
  const { width, height } = message.media ?? {};
  if (!width || !height || width < 0 || height < 0) {
    return message.type === "sticker" ? { width: STICKER.width, height: STICKER.height } : UNKNOWN;
  }
  const scale = Math.min(room.width / width, room.height / height, room.enlarged);
  return {
    width: Math.round(Math.max(room.least, width * scale)),
    height: Math.round(Math.max(room.least, height * scale)),
  };
}

/** 0:07, 12:40, 1:02:03. */
export function clockOf(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return "–:––";
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];
const byteFormats = remembered((language) =>
  UNITS.map(
    (unit) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }),
  ),
);

/** 340 byte, 1.2 MB. */
export function bytesInWords(language: Language, bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return byteFormats(language)[step]?.format(value >= 100 ? Math.round(value) : value) ?? String(bytes);
}

const FAMILIES: [RegExp, string][] = [
  [/wordprocessing|msword|opendocument\.text/, "DOC"],
  [/spreadsheet|ms-excel/, "XLS"],
  [/presentation|powerpoint/, "PPT"],
];

/** What kind of file it is, in a few letters: by its name, else by its type. */
export function lettersOf({ name, mime_type }: Pick<Media, "name" | "mime_type">): string {
  const [, ending] = /\.([A-Za-z0-9]{1,5})$/.exec(name ?? "") ?? [];
  if (ending) return ending.toUpperCase();
  const family = FAMILIES.find(([pattern]) => pattern.test(mime_type ?? ""));
  if (family) return family[1];
  const [, subtype = ""] = (mime_type ?? "").split("/");
  return /^[a-z0-9]{2,5}$/.test(subtype) ? subtype.toUpperCase() : "";
}

/** Whether a browser shows this file by itself when it is opened; everything else is handed over. */
export function opensInBrowser({ mime_type }: Pick<Media, "mime_type">): boolean {
  return /^(application\/pdf$|image\/(jpeg|png|webp|gif)|audio\/|video\/)/.test(mime_type ?? "");
}
