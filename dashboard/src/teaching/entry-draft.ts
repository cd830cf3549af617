/** An entry of the knowledge as it stands in a form, and what of it goes to the server. Pure. */
import type { EntryWords } from "../api/knowledge.ts";

export interface EntryDraft {
  question: string;
  /** One per line, as it is typed. */
  phrasings: string;
  answers: Record<string, string>;
  topic: string;
}

/** As much as the server takes. */
export const QUESTION_CHARACTERS_MAX = 500;
export const ANSWER_CHARACTERS_MAX = 4000;
export const TOPIC_CHARACTERS_MAX = 60;
export const PHRASINGS_MAX = 50;

/** The languages that are offered for an answer before anybody asks for another. */
export const USUAL_LANGUAGES = ["en", "ar", "fr"];
export const MORE_LANGUAGES = ["arabizi", "es", "de", "tr", "fa", "ur", "hi", "ru", "pt", "it", "nl", "id", "zh"];

/** What customers asked, as the question of an entry: several messages may be one question. */
export function blankDraft(question = "", phrasings: string[] = []): EntryDraft {
  return { question: lineOf(question), phrasings: phrasings.map(lineOf).join("\n"), answers: {}, topic: "" };
}

/** In one line, and no longer than a question may be. */
function lineOf(asked: string): string {
  const line = asked.trim().split(/\s+/).join(" ");
  const signs = [...line];
  if (signs.length <= QUESTION_CHARACTERS_MAX) return line;
  const cut = signs.slice(0, QUESTION_CHARACTERS_MAX + 1).join("");
  return cut.includes(" ") ? cut.slice(0, cut.lastIndexOf(" ")) : signs.slice(0, QUESTION_CHARACTERS_MAX).join("");
}

export function draftOfEntry({ question, phrasings, answers, topic }: EntryWords): EntryDraft {
  return { question, phrasings: phrasings.join("\n"), answers, topic: topic ?? "" };
}

/** Null as long as the question or every answer is missing, or something is too long. */
export function wordsOf(draft: EntryDraft): EntryWords | null {
  const question = draft.question.trim();
  const answers = writtenAnswers(draft.answers);
  const phrasings = linesOf(draft.phrasings);
  const said = Object.values(answers);
  if (!question || said.length === 0 || isLonger(question, QUESTION_CHARACTERS_MAX)) return null;
  if (said.some((answer) => isLonger(answer, ANSWER_CHARACTERS_MAX)) || wrongPhrasing(phrasings)) return null;
  return { question, phrasings, answers, topic: draft.topic.trim() || null };
}

/** What is wrong with the ways to ask: more of them than there may be, or one that is too long. */
export function wrongPhrasing(phrasings: string[]): "many" | "long" | null {
  if (phrasings.length > PHRASINGS_MAX) return "many";
  return phrasings.some((phrasing) => isLonger(phrasing, QUESTION_CHARACTERS_MAX)) ? "long" : null;
}

export function isLonger(words: string, characters_max: number): boolean {
  return [...words].length > characters_max;
}

export function linesOf(written: string): string[] {
  const lines = written.split("\n").map((line) => line.trim());
  return [...new Set(lines.filter(Boolean))];
}

export function writtenAnswers(answers: Record<string, string>): Record<string, string> {
  const written = Object.entries(answers).map(([language, answer]) => [language, answer.trim()] as const);
  return Object.fromEntries(written.filter(([, answer]) => answer));
}

/** Those that hold something, then the usual ones, the wanted one among them. */
export function languagesShown(answers: Record<string, string>, wanted: string | null): string[] {
  return [...new Set([...Object.keys(answers), ...(wanted ? [wanted] : []), ...USUAL_LANGUAGES])];
}
