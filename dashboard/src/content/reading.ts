/** Reads what stands in a message's metadata. It came from outside: whatever is not as expected is not there. */

export type Json = Record<string, unknown>;

export function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function list(value: unknown): Json[] {
  return (Array.isArray(value) ? value : []).map(object).filter((item) => Object.keys(item).length > 0);
}

/** Words, or a number written out; null for anything else and for nothing. */
export function words(value: unknown): string | null {
  const written = typeof value === "number" ? String(value) : value;
  return typeof written === "string" && written.trim() ? written : null;
}

export function number(value: unknown): number | null {
  const found = typeof value === "string" && value.trim() ? Number(value) : value;
  return typeof found === "number" && Number.isFinite(found) ? found : null;
}

/** A web address that a person may be sent to: nothing that runs. */
export function webAddress(value: unknown): string | null {
  const written = words(value);
  if (!written || !/^https?:\/\//i.test(written)) return null;
  return URL.canParse(written) ? written : null;
}
