/** The people and messages of the tests: Rana writes to the bakery, Sara and Omar answer. */
import type { Conversation, ConversationRow, LiveEvent, Media, Message } from "../api/types.ts";

export const SARA = { operator_id: "1", name: "Sara" };
export const OMAR = { operator_id: "2", name: "Omar" };
export const RANA = "1_100200300_9613000001";
export const KARIM = "1_100200300_9613000002";

export function message(sequence: number, change: Partial<Message> = {}): Message {
  const content = change.content ?? `message ${sequence}`;
  return {
    message_id: `wamid.${sequence}`,
    conversation_id: RANA,
    user_id: "7",
    sequence,
    clock: 1_800_000_000 + sequence,
    version: sequence,
    timestamp: new Date((1_800_000_000 + sequence) * 1000).toISOString(),
    is_user: true,
    role: "user",
    handled_by: null,
    operator_id: null,
    operator_name: null,
    origin: "live",
    type: "text",
    content,
    text: content,
    status: null,
    error: null,
    reply_to: null,
    reply_preview: null,
    reactions: [],
    edited_at: null,
    deleted_at: null,
    audio_url: null,
    image_url: null,
    media: null,
    metadata: {},
    client_message_id: null,
    ...change,
  };
}

/** A file that is there. */
export function file(mime_type: string, change: Partial<Media> = {}): Media {
  return {
    state: "ready",
    sha256: "ab".repeat(32),
    url: `/api/live-chat/media/${"ab".repeat(32)}`,
    thumbnail_url: null,
    mime_type,
    bytes: 12_000,
    name: null,
    duration_seconds: null,
    width: null,
    height: null,
    peaks: [],
    error: null,
    can_retry: false,
    ...change,
  };
}

export function reply(sequence: number, change: Partial<Message> = {}): Message {
  return message(sequence, {
    is_user: false,
    role: "operator",
    handled_by: "operator",
    operator_id: SARA.operator_id,
    operator_name: SARA.name,
    status: "queued",
    ...change,
  });
}

export function row(last_sequence: number, change: Partial<ConversationRow> = {}): ConversationRow {
  return {
    conversation_id: RANA,
    user_id: "7",
    user_name: "Rana Haddad",
    user_phone: "+9613000001",
    phone_clean: "9613000001",
    language: null,
    channel: {
      channel_id: "1",
      provider: "meta",
      phone_number_id: "100200300",
      display_phone_number: null,
      name: "Cedar Bakery",
    },
    status: "waiting_human",
    operator_id: null,
    operator_name: null,
    last_message: null,
    last_activity: "2027-01-15T08:00:00Z",
    last_sequence,
    message_count: 0,
    inbound_count: 0,
    duration_seconds: 0,
    is_live: true,
    sentiment: null,
    window_expires_at: null,
    waiting_since: null,
    priority: 0,
    handover_reason: null,
    handover_epoch: 0,
    tags: [],
    customer_info: { name: "Rana Haddad", phone: "+9613000001", username: null, bsuid: null, identities: [] },
    version: last_sequence,
    ...change,
  };
}

export function listed(
  last_sequence: number,
  unread_count: number,
  change: Partial<ConversationRow> = {},
): Conversation {
  return { ...row(last_sequence, change), unread_count };
}

export function event(kind: string, sequence: number, data: Record<string, unknown> = {}): LiveEvent {
  const tag = sequence.toString(16).padStart(8, "0");
  return {
    event: kind,
    id: `${sequence}-${tag}`,
    data: { sequence, previous: sequence - 1, tag, conversation_id: RANA, user_id: "7", ...data },
  };
}

/** A customer's message together with the row it leaves. */
export function arrival(sequence: number, inbound_count: number, change: Partial<Message> = {}): LiveEvent {
  const conversation_id = change.conversation_id ?? RANA;
  return event("new_message", sequence, {
    conversation_id,
    message: message(sequence, change),
    conversation: row(sequence, { conversation_id, inbound_count, message_count: inbound_count }),
  });
}

/** What the assistant has answered from one entry. */
export function answered(sequence: number, change: Partial<Message> = {}, told: Record<string, unknown> = {}): Message {
  const source = {
    entry_id: "12",
    question: "When are you open?",
    score: 87,
    tier: "strong",
    topic: "hours",
    document: null,
  };
  return message(sequence, {
    is_user: false,
    role: "bot",
    handled_by: "bot",
    status: "delivered",
    content: "We are open from eight to five.",
    metadata: { assistant: { confidence: 87, sources: [source], ...told } },
    ...change,
  });
}

/** The line with which a conversation is handed over to people. */
export function handedOver(sequence: number, told: Record<string, unknown> = {}): Message {
  return message(sequence, {
    is_user: false,
    role: "system",
    content: "",
    text: "",
    metadata: { handover: { reason: "unsure", note: "Nothing fits.", draft: "Perhaps at nine.", ...told } },
  });
}
