/** Messages that were written here and are not yet known to the server. Pure; outbox.ts does the sending. */
import type { Message, ReplyPreview } from "../api/types.ts";

export type PendingState =
  /** Waits for its turn, or for the network; goes out by itself. */
  | "queued"
  | "sending"
  /** The server stopped it, because something newer stands in the conversation. */
  | "guarded"
  /** The server said no; a person decides. */
  | "refused";

export interface Pending {
  client_message_id: string;
  conversation_id: string;
  user_id: string;
  content: string;
  reply_preview: ReplyPreview | null;
  seen_sequence: number;
  force: boolean;
  created_at: string;
  state: PendingState;
  attempts: number;
  newer: Message[];
  error: { code: string; message: string } | null;
}

export interface Written {
  conversation_id: string;
  user_id: string;
  content: string;
  reply_preview: ReplyPreview | null;
  seen_sequence: number;
}

/** A page that was away for longer does not send by itself: what was meant then may be wrong now. */
const UNATTENDED_SECONDS_MAX = 300;

export function newPending(written: Written, client_message_id: string, now: Date): Pending {
  return {
    ...written,
    client_message_id,
    force: false,
    created_at: now.toISOString(),
    state: "queued",
    attempts: 0,
    newer: [],
    error: null,
  };
}

/** The next one to go out for each conversation: strictly in the order they were written, one at a time. */
export function nextToSend(pending: Pending[]): Pending[] {
  const heads = new Map<string, Pending>();
  for (const entry of pending) {
    if (entry.state !== "refused" && !heads.has(entry.conversation_id)) heads.set(entry.conversation_id, entry);
  }
  return [...heads.values()].filter((entry) => entry.state === "queued");
}

export function changePending(pending: Pending[], client_message_id: string, change: Partial<Pending>): Pending[] {
  return pending.map((entry) => (entry.client_message_id === client_message_id ? { ...entry, ...change } : entry));
}

/** Takes out what the server is now known to hold. */
export function settle(pending: Pending[], known: Iterable<string | null | undefined>): Pending[] {
  const ids = new Set(known);
  return pending.some((entry) => ids.has(entry.client_message_id))
    ? pending.filter((entry) => !ids.has(entry.client_message_id))
    : pending;
}

/** What a reload finds of before it. A send whose outcome is open is asked again under the same id. */
export function revive(pending: Pending[], now: Date): Pending[] {
  return pending.map((entry) => {
    if (entry.state !== "queued" && entry.state !== "sending") return entry;
    const seconds = (now.getTime() - Date.parse(entry.created_at)) / 1000;
    if (seconds <= UNATTENDED_SECONDS_MAX) return { ...entry, state: "queued", attempts: 0 };
    return { ...entry, state: "refused", error: { code: "not_sent_in_time", message: "" } };
  });
}

/** The bubble of a message that only this browser knows; it stands below everything else. */
export function bubbleOf(pending: Pending, operator: { operator_id: string; name: string }): Message {
  return {
    message_id: pending.client_message_id,
    conversation_id: pending.conversation_id,
    user_id: pending.user_id,
    sequence: 0,
    clock: 0,
    version: 0,
    timestamp: pending.created_at,
    is_user: false,
    role: "operator",
    handled_by: "operator",
    operator_id: operator.operator_id,
    operator_name: operator.name,
    origin: "live",
    type: "text",
    content: pending.content,
    text: pending.content,
    status: pending.state === "refused" ? "failed" : "queued",
    error: pending.error,
    reply_to: pending.reply_preview?.message_id ?? null,
    reply_preview: pending.reply_preview,
    reactions: [],
    edited_at: null,
    deleted_at: null,
    audio_url: null,
    image_url: null,
    media: null,
    metadata: {},
    client_message_id: pending.client_message_id,
  };
}
