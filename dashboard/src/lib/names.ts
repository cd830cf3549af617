/** What to call people, and the letters and colour of an avatar. */
import type { ConversationRow } from "../api/types.ts";
import { type Language, remembered } from "../i18n/index.ts";

export function displayName(row: Pick<ConversationRow, "user_name" | "user_phone" | "customer_info">): string | null {
  return row.user_name || row.user_phone || row.customer_info?.username || null;
}

/** First letters of the first and last word; null when there is no letter to show. */
export function initials(name: string | null): string | null {
  const words = (name ?? "").split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  if (words.length === 0) return null;
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "");
  // Two joined Arabic letters would read as a word; the separator keeps them apart.
  return /\p{Script=Arabic}/u.test(letters.join(""))
    ? letters.filter(Boolean).join("\u200c")
    : letters.join("").toUpperCase();
}

/** One of `count` colours, always the same one for the same person. */
export function colourIndex(id: string, count: number): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return sum % count;
}

const listFormat = remembered((language) => new Intl.ListFormat(language));

/** Several names as a sentence names them. Each keeps its own direction. */
export function listed(language: Language, names: string[]): string {
  return listFormat(language).format(names.map((name) => `\u2068${name}\u2069`));
}
