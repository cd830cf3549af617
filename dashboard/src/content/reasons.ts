/** Why something did not work, in the language of the page: by its code where we have words for it, else as it was told. */
import { LANGUAGES, type TextKey, useLanguage, useText } from "../i18n/index.ts";

interface Failure {
  code: string | number | null;
  message: string | null;
}

/** Null when nobody said anything. */
export function useReason(prefix: "file" | "failure", failure: Failure | null): string | null {
  const text = useText();
  const language = useLanguage((state) => state.language);
  // Most of these words come after the page; then what stands here already is said in them.
  useLanguage((state) => state.filesLearned);
  if (!failure) return null;
  const key = prefix === "file" ? `file_${failure.code}` : `failure_${failure.code}`;
  // The server tells in English, and often more than we could say by the code alone; a browser says nothing to a person.
  if (language === "en" && failure.message && failure.code !== "network") return failure.message;
  return key in LANGUAGES[language].texts ? text(key as TextKey) : failure.message || null;
}
