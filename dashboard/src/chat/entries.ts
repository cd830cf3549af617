/** What stands in a conversation, top to bottom: day dividers, messages, and what is still on its way out. Pure. */
import type { Message, Operator } from "../api/types.ts";
import { dayOf } from "../lib/time.ts";
import { bubbleOf, type Pending } from "../live/pending.ts";

export type Entry = { kind: "day"; key: string; timestamp: string } | MessageEntry;

interface MessageEntry {
  kind: "message";
  key: string;
  message: Message;
  pending: Pending | null;
  isFirstOfGroup: boolean;
  /** Room between groups belongs to the message above it: older ones that join later then move nothing. */
  isLastOfGroup: boolean;
}

type Author = Pick<Operator, "operator_id" | "name">;

/** Beyond this silence the same author starts a new group of bubbles. */
const GROUP_SECONDS_MAX = 300;

/**
 * The oldest loaded message of an incomplete conversation gets no divider: the day may begin further up, and a divider
 * that moved there with the next page would take the reader's place in the list along.
 */
export function entriesOf(messages: Message[], pending: Pending[], operator: Author, isComplete: boolean): Entry[] {
  const known = new Set(pending.length > 0 ? messages.map((message) => message.client_message_id) : []);
  const waiting = pending.filter((entry) => !known.has(entry.client_message_id));
  const entries: Entry[] = [];
  let day = Number.NEGATIVE_INFINITY;
  let before: MessageEntry | undefined;
  const add = (message: Message, entry: Pending | null) => {
    const midnight = Date.parse(dayOf(message.timestamp));
    // A message that came late may bear an older day than the one above it; the divider never goes back.
    const isNewDay = midnight > day;
    if (isNewDay) {
      day = midnight;
      if (before || isComplete) entries.push({ kind: "day", key: `day ${midnight}`, timestamp: message.timestamp });
    }
    const isFirstOfGroup = isNewDay || !before || !isSameGroup(before.message, message);
    if (before) before.isLastOfGroup = isFirstOfGroup;
    before = { kind: "message", key: keyOf(message), message, pending: entry, isFirstOfGroup, isLastOfGroup: true };
    entries.push(before);
  };
  for (const message of messages) add(message, null);
  for (const entry of waiting) add(bubbleOf(entry, operator), entry);
  return entries;
}

/** The optimistic bubble and the message it becomes are one element; everything else is keyed by its own id. */
function keyOf(message: Message): string {
  return message.client_message_id ?? message.message_id;
}

function isSameGroup(one: Message, other: Message): boolean {
  return (
    one.role === other.role &&
    one.operator_id === other.operator_id &&
    one.handled_by === other.handled_by &&
    Math.abs(Date.parse(other.timestamp) - Date.parse(one.timestamp)) <= GROUP_SECONDS_MAX * 1000
  );
}
