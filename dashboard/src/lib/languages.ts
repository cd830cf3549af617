/** The names of languages, and the few letters that stand for one. */
import { type Language, remembered } from "../i18n/index.ts";

/** Arabic in Latin letters and digits has no code of its own. */
const ARABIZI: Record<Language, string> = { en: "Arabizi", ar: "عربيزي" };

const names = remembered((language) => new Intl.DisplayNames(language, { type: "language" }));

export function languageName(page: Language, code: string): string {
  if (code === "arabizi") return ARABIZI[page];
  try {
    return names(page).of(code) ?? code;
  } catch {
    // The server names a language that is none: it is shown as it was told.
    return code;
  }
}

export function languageMark(code: string): string {
  return code === "arabizi" ? "3AR" : code.slice(0, 3).toUpperCase();
}
