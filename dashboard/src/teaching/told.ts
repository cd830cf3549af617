/** What a message's metadata tells of the assistant. Pure; whatever is not as expected is not there. */
import type { Source, Tier, Verdict } from "../api/assistant.ts";
import type { Lesson } from "../api/knowledge.ts";
import type { HandoverReason, Message, NoteTold } from "../api/types.ts";
import { list, number, object, words } from "../content/reading.ts";

export interface AnswerTold {
  confidence: number | null;
  sources: Source[];
  verdict: Verdict | null;
  taught: LessonKind | null;
  deeds: Deed[];
}

/** A tool of the account that was called and may have changed something elsewhere; for sure where it says `ok`. */
export interface Deed {
  tool: string;
  ok: boolean;
}

export interface CallTold {
  reason: HandoverReason | null;
  noted: NoteTold;
  /** What the assistant would have said. */
  draft: string | null;
  taught: LessonKind | null;
  deeds: Deed[];
}

export type LessonKind = Lesson["action"];

const LESSONS: LessonKind[] = ["entry", "new", "message"];
const TIERS: Tier[] = ["exact", "strong", "weak"];
const REASONS: HandoverReason[] = [
  "upset",
  "asked",
  "vip",
  "keyword",
  "judgement",
  "unsafe",
  "unsure",
  "unreadable",
  "failed",
  "budget",
  "window",
  "closed",
  "off",
];

/** Of a message that the assistant has sent: what it stands on. */
export function answerTold({ metadata }: Message): AnswerTold {
  const { confidence, sources, verdict, taught, deeds } = object(metadata.assistant);
  return {
    confidence: number(confidence),
    sources: list(sources).map((source) => ({
      entry_id: words(source.entry_id) ?? "",
      question: words(source.question) ?? "",
      score: number(source.score) ?? 0,
      tier: TIERS.find((tier) => tier === source.tier) ?? "weak",
      topic: words(source.topic),
      document: words(source.document),
    })),
    verdict: verdict === "up" || verdict === "down" ? verdict : null,
    taught: lessonIn(taught),
    deeds: deedsIn(deeds),
  };
}

/** Of the line with which people are called: why. */
export function callTold({ metadata }: Message): CallTold {
  const { reason, note, note_code, note_values, draft, taught, deeds } = object(metadata.handover);
  return {
    reason: REASONS.find((known) => known === reason) ?? null,
    noted: {
      note: words(note),
      note_code: words(note_code),
      note_values: object(note_values) as NoteTold["note_values"],
    },
    draft: words(draft),
    taught: lessonIn(taught),
    deeds: deedsIn(deeds),
  };
}

function lessonIn(taught: unknown): LessonKind | null {
  return LESSONS.find((known) => known === taught) ?? null;
}

function deedsIn(deeds: unknown): Deed[] {
  return list(deeds).map(({ tool, ok }) => ({ tool: words(tool) ?? "", ok: ok === true }));
}

/** What to call a source in one line: the document for its passages, else the question that the entry answers. */
export function sourceName({ question, document }: Pick<Source, "question" | "document">): string {
  return document ?? question;
}
