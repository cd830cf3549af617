/** What somebody is about to teach at one message, as it stands in the window. Pure. */
import type { AnswerContext, Entry, EntryWords, Lesson } from "../api/knowledge.ts";
import { ANSWER_CHARACTERS_MAX, blankDraft, draftOfEntry, type EntryDraft, isLonger, wordsOf } from "./entry-draft.ts";
import type { LessonKind } from "./told.ts";

export interface LessonDraft {
  kind: LessonKind;
  /** The entry that is to be changed. */
  entry_id: string | null;
  /** Entries as they were changed here, each begun from a version. */
  changed: Record<string, { draft: EntryDraft; version: number }>;
  added: EntryDraft;
  correction: string;
}

export function beginLesson(context: AnswerContext): LessonDraft {
  const [entry] = changeable({ changed: {} }, context);
  const said = context.reply ?? context.draft ?? "";
  return {
    kind: entry ? "entry" : "new",
    entry_id: entry?.entry_id ?? null,
    changed: {},
    added: blankDraft(context.question),
    correction: context.correction ?? said,
  };
}

/**
 * The matched entries that are still there, the best one first; also one that somebody has archived while it was being
 * changed here, or what was typed would be out of reach.
 */
export function changeable(lesson: Pick<LessonDraft, "changed">, { sources }: Pick<AnswerContext, "sources">): Entry[] {
  return sources.flatMap(({ entry }) =>
    entry && (!entry.archived || entry.entry_id in lesson.changed) ? [entry] : [],
  );
}

/** Nobody changes an entry that was gone before they began. */
export function kindOf(lesson: LessonDraft, context: AnswerContext): LessonKind {
  return lesson.kind === "entry" && changeable(lesson, context).length === 0 ? "new" : lesson.kind;
}

/** The chosen entry as it stands in the form, with the version that it was begun from. */
export function changedEntry(lesson: LessonDraft, context: AnswerContext) {
  const entries = changeable(lesson, context);
  const entry = entries.find(({ entry_id }) => entry_id === lesson.entry_id) ?? entries[0];
  if (!entry) return null;
  const begun = lesson.changed[entry.entry_id] ?? { draft: draftOfEntry(entry), version: entry.version };
  return { entry, ...begun };
}

/** What goes to the server; null as long as something is missing, or nothing is changed. */
export function lessonOf(lesson: LessonDraft, context: AnswerContext): Lesson | null {
  const kind = kindOf(lesson, context);
  if (kind === "message") {
    const correction = lesson.correction.trim();
    if (!correction || correction === context.reply?.trim() || isLonger(correction, ANSWER_CHARACTERS_MAX)) return null;
    return { action: "message", correction };
  }
  if (kind === "new") {
    const words = wordsOf(lesson.added);
    return words && { action: "new", ...words };
  }
  const changed = changedEntry(lesson, context);
  const words = changed && wordsOf(changed.draft);
  if (!changed || !words || isAsItWas(words, changed.entry)) return null;
  return { action: "entry", entry_id: changed.entry.entry_id, version: changed.version, ...words };
}

function isAsItWas(words: EntryWords, entry: Entry): boolean {
  return JSON.stringify(words) === JSON.stringify(wordsOf(draftOfEntry(entry)));
}
