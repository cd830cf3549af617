/**
 * Languages: keys typed from English, plural forms by Intl, direction for the whole page.
 *
 * Here are the texts of the first picture. What parts that are loaded later say is in files of their own (desk, office).
 */
import { create } from "zustand";
import ar from "./ar.json";
import en from "./en.json";

export type Language = "en" | "ar";
type PluralSuffix = "zero" | "one" | "two" | "few" | "many" | "other";
export type Stripped<Key> = Key extends `${infer Stem}_${PluralSuffix}` ? Stem : Key;
export type TextKey = Stripped<keyof typeof en>;
export type Values = Record<string, string | number>;

export const LANGUAGES: Record<Language, { name: string; direction: "ltr" | "rtl"; texts: Record<string, string> }> = {
  en: { name: "English", direction: "ltr", texts: { ...en } },
  ar: { name: "العربية", direction: "rtl", texts: { ...ar } },
};

/** boot.js reads the same key before the first paint. */
const STORAGE_KEY = "wasl.language";

export const useLanguage = create<{ language: Language; filesLearned: number }>()(() => ({
  language: document.documentElement.lang === "ar" ? "ar" : "en",
  filesLearned: 0,
}));

/** Adds the texts of a part that has just been loaded. */
export function learn(more: Record<Language, Record<string, string>>): void {
  for (const language of ["en", "ar"] as const) Object.assign(LANGUAGES[language].texts, more[language]);
  useLanguage.setState(({ filesLearned }) => ({ filesLearned: filesLearned + 1 }));
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(STORAGE_KEY, language);
  document.documentElement.lang = language;
  document.documentElement.dir = LANGUAGES[language].direction;
  useLanguage.setState({ language });
}

/** The text of a key. `count` chooses the plural form and is written in the language's own digits. */
export function translate(language: Language, key: TextKey, values: Values = {}): string {
  const { texts } = LANGUAGES[language];
  const text = texts[pluralKey(language, key, values.count)] ?? texts[`${key}_other`] ?? texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => written(language, values[name]));
}

export type Translate<Key = TextKey> = (key: Key, values?: Values) => string;

export function useText(): Translate {
  const language = useLanguage((state) => state.language);
  return (key, values) => translate(language, key, values);
}

function pluralKey(language: Language, key: string, count: string | number | undefined): string {
  return typeof count === "number" ? `${key}_${pluralRules(language).select(count)}` : key;
}

function written(language: Language, value: string | number | undefined): string {
  return typeof value === "number" ? numberFormat(language).format(value) : String(value ?? "");
}

const pluralRules = remembered((language) => new Intl.PluralRules(language));
const numberFormat = remembered((language) => new Intl.NumberFormat(language));

/** Intl objects are dear to make and the same for every row of a list. */
export function remembered<Format>(make: (language: Language) => Format): (language: Language) => Format {
  const made = new Map<Language, Format>();
  return (language) => {
    const format = made.get(language) ?? make(language);
    made.set(language, format);
    return format;
  };
}
