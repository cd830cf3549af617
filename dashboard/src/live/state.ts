/** What this operator's screen knows: plain, JSON-serialisable objects, changed only by the pure functions beside this file. */
import type { Conversation, Message } from "../api/types.ts";
import { sequenceOf } from "./cursor.ts";

/** The loaded part of one conversation: without holes from its oldest loaded message up to the cursor. */
export interface Thread {
  /** In display order, `(clock, sequence)` ascending. */
  messages: Message[];
  /** Nothing older exists on the server. */
  complete: boolean;
  next_before: string | null;
  /** A page of it was read from the server; otherwise it was only seen to begin. */
  fetched: boolean;
}

/** How much of a conversation this operator had read, and at which point of the log that was known. */
export interface ReadMark {
  /** Inbound messages that were read; null while the row they are counted in is not held. */
  inbound: number | null;
  unread: number;
  sequence: number;
}

export interface LiveState {
  operator_id: string;
  /** Everything up to here is applied. */
  cursor: string | null;
  conversations: Record<string, Conversation>;
  /** Ids of all held conversations, newest activity first. */
  order: string[];
  reads: Record<string, ReadMark>;
  threads: Record<string, Thread>;
}

/** The same knowledge in the server's own shapes: what a fresh load would give. */
export interface Snapshot {
  conversations: Conversation[];
  messages: Record<string, Message[]>;
  cursor: string | null;
}

export function emptyState(operator_id: string): LiveState {
  return { operator_id, cursor: null, conversations: {}, order: [], reads: {}, threads: {} };
}

export function fromSnapshot(snapshot: Snapshot, operator_id: string): LiveState {
  const state = emptyState(operator_id);
  state.cursor = snapshot.cursor;
  for (const row of snapshot.conversations) {
    state.conversations[row.conversation_id] = row;
    state.reads[row.conversation_id] = readMark(row, sequenceOf(snapshot.cursor));
  }
  state.order = snapshot.conversations
    .toSorted((one, other) => other.last_sequence - one.last_sequence)
    .map((row) => row.conversation_id);
  for (const [conversation_id, messages] of Object.entries(snapshot.messages)) {
    state.threads[conversation_id] = { messages, complete: true, next_before: null, fetched: true };
  }
  return state;
}

export function toSnapshot(state: LiveState): Snapshot {
  return {
    conversations: state.order.map((id) => state.conversations[id] as Conversation),
    messages: Object.fromEntries(Object.entries(state.threads).map(([id, thread]) => [id, thread.messages])),
    cursor: state.cursor,
  };
}

/** What a row read from the server at `sequence` says about reading. */
export function readMark(row: Conversation, sequence: number): ReadMark {
  const unread = row.unread_count ?? 0;
  return { inbound: row.unread_count === null ? null : row.inbound_count - unread, unread, sequence };
}
