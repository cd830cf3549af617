/** State + event → state. Pure: the same events on the same state give the same screen, on every device and in every test. */
import type { ChatsPage, Conversation, ConversationRow, HistoryPage, LiveEvent, Message } from "../api/types.ts";
import { cursorOf, furthest, type LogPosition, sequenceOf, standing } from "./cursor.ts";
import { type LiveState, type ReadMark, readMark, type Thread } from "./state.ts";
import { mergeHistory, placeMessage } from "./thread.ts";

interface ReadChange {
  operator_id: string;
  sequence: number;
  unread_count: number;
}

/** Applies an event exactly once: what was applied before, or comes after a gap, changes nothing. */
export function apply(state: LiveState, event: LiveEvent): LiveState {
  if (event.event === "conversations") return applyFirstPage(state, event);
  if (standing(state.cursor, event.data) !== "next") return state;
  return { ...applyContents(state, event), cursor: cursorOf(event.data as unknown as LogPosition) };
}

/** The effect of an event without the cursor's rule. It may be repeated: versions decide what is new. */
export function applyContents(state: LiveState, event: LiveEvent): LiveState {
  const { sequence, conversation_id } = event.data as { sequence: number; conversation_id: string };
  const { conversation, message, read } = event.data as {
    conversation?: ConversationRow;
    message?: Message;
    read?: ReadChange;
  };
  let next = state;
  if (event.event === "new_conversation") next = beginConversation(next, conversation_id, sequence);
  if (conversation) next = placeRow(next, conversation);
  if (message) next = placeInThread(next, message);
  if (read && read.operator_id === state.operator_id) next = applyRead(next, conversation_id, read, sequence);
  return next;
}

/** Joins a page of the list, read at `as_of`, with what is held. */
export function mergeList(state: LiveState, page: Pick<ChatsPage, "chats" | "as_of">): LiveState {
  return page.chats.reduce((next, row) => placeListedRow(next, row, sequenceOf(page.as_of)), state);
}

/** Joins a page of history, read at `as_of`, with what is held. */
export function mergeThread(state: LiveState, conversation_id: string, page: HistoryPage): LiveState {
  const thread = mergeHistory(state.threads[conversation_id], page);
  const next = { ...state, threads: { ...state.threads, [conversation_id]: thread } };
  const row = page.conversation;
  if (!row) return next;
  return "unread_count" in row ? placeListedRow(next, row, sequenceOf(page.as_of)) : placeRow(next, row);
}

/** A message that the server answered with, before or after its event. */
export function placeInThread(state: LiveState, message: Message): LiveState {
  const thread = state.threads[message.conversation_id];
  if (!thread) return state;
  const placed = placeMessage(thread, message);
  if (placed === thread) return state;
  return { ...state, threads: { ...state.threads, [message.conversation_id]: placed } };
}

/** A row without this operator's own count, as events carry it. */
export function placeRow(state: LiveState, row: ConversationRow): LiveState {
  const held = state.conversations[row.conversation_id];
  if (held && held.version >= row.version) return state;
  const unread_count = unreadOf(row, state.reads[row.conversation_id]);
  return {
    ...state,
    threads: held && held.user_id !== row.user_id ? renameUser(state.threads, row) : state.threads,
    conversations: { ...state.conversations, [row.conversation_id]: { ...row, unread_count } },
    order: held?.last_sequence === row.last_sequence ? state.order : reorder(state, row),
  };
}

/** A conversation's customer goes by another id since two contacts were merged, or are no longer. */
function renameUser(
  threads: LiveState["threads"],
  { conversation_id, user_id }: ConversationRow,
): LiveState["threads"] {
  const thread = threads[conversation_id];
  if (!thread) return threads;
  const messages = thread.messages.map((message) => ({ ...message, user_id }));
  return { ...threads, [conversation_id]: { ...thread, messages } };
}

/** What the server answered to this operator's own reading, ahead of its event. */
export function placeOwnRead(state: LiveState, conversation_id: string, unread: number): LiveState {
  const row = state.conversations[conversation_id];
  const mark = state.reads[conversation_id];
  if (!row) return state;
  return markRead(state, conversation_id, {
    inbound: row.inbound_count - unread,
    unread,
    sequence: mark?.sequence ?? -1,
  });
}

function applyFirstPage(state: LiveState, event: LiveEvent): LiveState {
  const position = event.data as unknown as LogPosition;
  const page = { chats: event.data.conversations as Conversation[], as_of: cursorOf(position) };
  return { ...mergeList(state, page), cursor: furthest(state.cursor, page.as_of) };
}

/** A conversation that was seen to begin is known whole, and nothing of it is read. */
function beginConversation(state: LiveState, conversation_id: string, sequence: number): LiveState {
  const reads = state.reads[conversation_id]
    ? state.reads
    : { ...state.reads, [conversation_id]: { inbound: 0, unread: 0, sequence } };
  const begun: Thread = { messages: [], complete: true, next_before: null, fetched: false };
  const threads = state.threads[conversation_id] ? state.threads : { ...state.threads, [conversation_id]: begun };
  return { ...state, reads, threads };
}

function placeListedRow(state: LiveState, row: Conversation, as_of: number): LiveState {
  const mark = state.reads[row.conversation_id];
  const listed = readMark(row, as_of);
  let newest = listed;
  if (mark && mark.sequence >= as_of) {
    newest = mark.inbound === null ? { ...mark, inbound: row.inbound_count - mark.unread } : mark;
  }
  return markRead(placeRow(state, row), row.conversation_id, newest);
}

function applyRead(state: LiveState, conversation_id: string, read: ReadChange, sequence: number): LiveState {
  const known = state.reads[conversation_id];
  if (known && known.sequence >= sequence) return state;
  const row = state.conversations[conversation_id];
  const inbound = row ? row.inbound_count - read.unread_count : null;
  return markRead(state, conversation_id, { inbound, unread: read.unread_count, sequence });
}

function markRead(state: LiveState, conversation_id: string, mark: ReadMark): LiveState {
  const next = { ...state, reads: { ...state.reads, [conversation_id]: mark } };
  const row = state.conversations[conversation_id];
  const unread_count = row ? unreadOf(row, mark) : null;
  if (!row || row.unread_count === unread_count) return next;
  return { ...next, conversations: { ...state.conversations, [conversation_id]: { ...row, unread_count } } };
}

/** Null when only the server can tell: the row came by an event, and its earlier count was never read. */
function unreadOf(row: ConversationRow, mark: ReadMark | undefined): number | null {
  if (!mark || mark.inbound === null) return null;
  return Math.max(0, row.inbound_count - mark.inbound);
}

function reorder(state: LiveState, row: ConversationRow): string[] {
  const order = state.conversations[row.conversation_id]
    ? state.order.filter((id) => id !== row.conversation_id)
    : state.order.slice();
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = state.conversations[order[middle] as string] as Conversation;
    if (other.last_sequence > row.last_sequence) low = middle + 1;
    else high = middle;
  }
  order.splice(low, 0, row.conversation_id);
  return order;
}
