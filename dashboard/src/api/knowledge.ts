/** What is asked and told about what the assistant knows: entries, documents, open questions, and corrections. */
import type { Outcome, Source, Verdict } from "./assistant.ts";
import { post, put, read, remove } from "./client.ts";
import type { HandoverReason, Message, NoteTold } from "./types.ts";

const LIVE_CHAT = "/api/live-chat";
export const DOCUMENTS_URL = `${LIVE_CHAT}/knowledge/documents`;
const ENTRIES_URL = `${LIVE_CHAT}/knowledge/entries`;
const UNANSWERED_URL = `${LIVE_CHAT}/knowledge/unanswered`;
export const ENTRIES_PAGE_SIZE = 50;

export type EntryOrigin = "written" | "taught" | "imported" | "document";

/** What people write of an entry. */
export interface EntryWords {
  question: string;
  /** Other ways to ask, in any language. */
  phrasings: string[];
  /** Language → answer; the first one is the entry's own. */
  answers: Record<string, string>;
  topic: string | null;
}

export interface Entry extends EntryWords {
  entry_id: string;
  origin: EntryOrigin;
  document: { document_id: string; name: string } | null;
  archived: boolean;
  version: number;
  created_by_name: string | null;
  created_at: string;
  updated_by_name: string | null;
  updated_at: string;
  /** The message that it was taught at. */
  from_message: string | null;
}

export interface EntriesPage {
  entries: Entry[];
  next_cursor: string | null;
  total: number;
  topics: string[];
}

/** The entry as one change made it. */
export interface EntryChange {
  version: number;
  operator_name: string | null;
  changed_at: string;
  from_message: string | null;
  entry: EntryWords & { archived: boolean };
}

export interface KnowledgeDocument {
  document_id: string;
  name: string;
  mime_type: string;
  bytes: number;
  passages: number;
  created_by_name: string | null;
  created_at: string;
}

/** Questions that mean the same, and that nothing known answers. */
export interface UnansweredGroup {
  group_id: string;
  question: string;
  language: string | null;
  count: number;
  examples: { question: string; conversation_id: string; user_id: string; asked_at: string }[];
  nearest: (Source & { answer: string | null })[];
}

export interface MatchedSource extends Source {
  /** What it said then. */
  answer: string | null;
  /** As it is now; null when it is gone. */
  entry: Entry | null;
}

/** How an answer, or a hand-over, came about. */
export interface AnswerContext extends NoteTold {
  /** Null when nothing but the hand-over is known. */
  answer_id: string | null;
  outcome: Outcome;
  question: string;
  reply: string | null;
  language: string | null;
  confidence: number;
  sources: MatchedSource[];
  verdict: Verdict | null;
  correction: string | null;
  reason: HandoverReason | null;
  draft: string | null;
}

export type Lesson =
  | ({ action: "entry"; entry_id: string; version: number } & EntryWords)
  | ({ action: "new" } & EntryWords)
  | { action: "message"; correction: string };

interface EntriesQuery {
  search: string;
  topic: string;
  archived: boolean;
  /** Passages of documents among them. */
  passages: boolean;
  /** Only the passages of this one. */
  document_id: string | null;
  cursor: string | null;
}

export const entriesPage = (query: EntriesQuery) =>
  read<EntriesPage>(ENTRIES_URL, { ...query, limit: ENTRIES_PAGE_SIZE });
export const addEntry = (words: EntryWords, answers_group: string | null) =>
  post<{ entry: Entry }>(ENTRIES_URL, answers_group === null ? words : { ...words, answers_group });
export const changeEntry = (entry_id: string, words: EntryWords, version: number, archived: boolean) =>
  put<{ entry: Entry }>(`${ENTRIES_URL}/${encodeURIComponent(entry_id)}`, { ...words, version, archived });
export const archiveEntry = (entry_id: string) => remove(`${ENTRIES_URL}/${encodeURIComponent(entry_id)}`);
export const entryChanges = (entry_id: string) =>
  read<{ changes: EntryChange[] }>(`${ENTRIES_URL}/${encodeURIComponent(entry_id)}/changes`);

export const documents = () => read<{ documents: KnowledgeDocument[] }>(DOCUMENTS_URL);
export const removeDocument = (document_id: string) => remove(`${DOCUMENTS_URL}/${encodeURIComponent(document_id)}`);

export const unansweredGroups = () => read<{ groups: UnansweredGroup[] }>(UNANSWERED_URL);
export const dismissGroup = (group_id: string) =>
  post<{ success: true }>(`${UNANSWERED_URL}/${encodeURIComponent(group_id)}/dismiss`, {});

export const answerContext = (conversation_id: string, message_id: string) =>
  read<AnswerContext>(`${LIVE_CHAT}/faq-match-context`, { conversation_id, message_id });
export const teach = ({ conversation_id, user_id, message_id }: Message, lesson: Lesson) =>
  post<{ entry?: Entry | null }>(`${LIVE_CHAT}/edit-message`, { conversation_id, user_id, message_id, ...lesson });
