/** Keeps the messages of a conversation in their one order, each at most once. */
import type { HistoryPage, Message } from "../api/types.ts";
import type { Thread } from "./state.ts";

type Positioned = Pick<Message, "clock" | "sequence">;

export function comparePositions(one: Positioned, other: Positioned): number {
  return one.clock - other.clock || one.sequence - other.sequence;
}

/** Index of the first message that does not stand before `position`. */
export function indexOfPosition(messages: Positioned[], position: Positioned): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePositions(messages[middle] as Positioned, position) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Puts one message where it belongs, if it is new or newer than the one held.
 *
 * A message that stands above the oldest loaded one is left out while older pages exist: shown now it would hide the
 * hole between, and it comes anyway with its page.
 */
export function placeMessage(thread: Thread, message: Message): Thread {
  const held = heldIndex(thread.messages, message);
  if (held >= 0) {
    if ((thread.messages[held] as Message).version >= message.version) return thread;
    return { ...thread, messages: reposition(thread.messages, held, message) };
  }
  const index = indexOfPosition(thread.messages, message);
  if (index === 0 && !thread.complete) return thread;
  return { ...thread, messages: thread.messages.toSpliced(index, 0, message) };
}

function heldIndex(messages: Message[], message: Message): number {
  const index = indexOfPosition(messages, message);
  if (messages[index]?.message_id === message.message_id) return index;
  return messages.findLastIndex((held) => held.message_id === message.message_id);
}

function reposition(messages: Message[], index: number, message: Message): Message[] {
  if (comparePositions(messages[index] as Message, message) === 0) return messages.with(index, message);
  const without = messages.toSpliced(index, 1);
  return without.toSpliced(indexOfPosition(without, message), 0, message);
}

/** Joins a page of history with what is held; of two versions of a message the newer one stays. */
export function mergeHistory(thread: Thread | undefined, page: HistoryPage): Thread {
  const byId = new Map((thread?.messages ?? []).map((message) => [message.message_id, message]));
  for (const message of page.messages) {
    const held = byId.get(message.message_id);
    if (!held || message.version > held.version) byId.set(message.message_id, message);
  }
  const reachesFurther = !thread?.fetched || isOlder(page.messages[0], thread.messages[0]) || !page.has_more;
  return {
    messages: [...byId.values()].sort(comparePositions),
    complete: reachesFurther ? !page.has_more : (thread?.complete ?? false),
    next_before: reachesFurther ? page.next_before : (thread?.next_before ?? null),
    fetched: true,
  };
}

function isOlder(one: Message | undefined, other: Message | undefined): boolean {
  return one !== undefined && (other === undefined || comparePositions(one, other) < 0);
}

/** The newest sequence that stands in a conversation: what its reader has seen. */
export function newestSequence(messages: Message[]): number {
  return messages.reduce((newest, message) => Math.max(newest, message.sequence), 0);
}
