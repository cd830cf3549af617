/** Why the assistant did what it did, in the language of the page: by its code where we have words for it, else as it was told. */
import type { NoteTold } from "../api/types.ts";
import { type DeskKey, useText } from "../i18n/desk.ts";
import { LANGUAGES, type Values } from "../i18n/index.ts";

/** What only says once more what the reason beside it says. */
const REPEATING = [
  "customer_upset",
  "customer_asks",
  "closed_hours",
  "nothing_readable",
  "nothing_known",
  "nothing_fits",
  "not_known",
  "for_a_person",
];

/** Null where there is nothing to say. */
export function useNote(): (noted: NoteTold) => string | null {
  const text = useText();
  const told = ({ note, note_code, note_values }: NoteTold): string | null => {
    const key = `note_${note_code}`;
    if (!(key in LANGUAGES.en.texts)) return note || null;
    const { because, ...values } = note_values ?? {};
    const written = isolated(values);
    if (because === undefined) return text(key as DeskKey, written);
    // A voice note was not written down for a reason that has a code of its own.
    const why = told({ note: null, note_code: String(because), note_values: values });
    return why ? text(key as DeskKey, { ...written, because: why }) : note || null;
  };
  return told;
}

/** Of what stands beside a reason: whether it adds nothing to it. */
export function isRepeating({ note_code }: NoteTold): boolean {
  return REPEATING.includes(note_code ?? "");
}

/** Words that somebody has written have a direction of their own. */
function isolated(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? `\u2068${value}\u2069` : value]),
  );
}
