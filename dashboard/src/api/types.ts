/** The shapes that the server speaks: snake_case, ids are strings, times are ISO 8601 with Z. */

export type ConversationStatus = "bot" | "human" | "waiting_human" | "resolved";
export type Sentiment = "negative" | "neutral" | "positive";
/** Why a person is needed. */
export type HandoverReason =
  | "upset"
  | "asked"
  | "vip"
  | "keyword"
  | "judgement"
  | "unsafe"
  | "unsure"
  | "unreadable"
  | "failed"
  | "budget"
  | "window"
  | "closed"
  | "off";

/** Why the assistant did what it did: a sentence in English, and what it says in every language. */
export interface NoteTold {
  note: string | null;
  /** Null where the sentence is somebody's own words. What was kept before there were codes has none. */
  note_code?: string | null;
  /** What stands in the sentence. */
  note_values?: Record<string, string | number> | null;
}

export type Role = "user" | "bot" | "operator" | "system";
export type DeliveryStatus = "queued" | "sending" | "sent" | "delivered" | "read" | "failed" | "unknown";
export type MessageType =
  | "text"
  | "image"
  | "voice"
  | "audio"
  | "video"
  | "document"
  | "sticker"
  | "location"
  | "contacts"
  | "interactive"
  | "order"
  | "template"
  | "unsupported";

export interface Channel {
  channel_id: string;
  provider: string;
  phone_number_id: string;
  display_phone_number: string | null;
  name: string | null;
}

export type InteractiveKind = "button" | "list" | "cta_url";

/** What can be done through a channel. What is not there is not offered. */
export interface Capabilities {
  /** What operators may send. */
  kinds: MessageType[];
  files: Partial<Record<MessageType, { bytes_max: number; mime_types: string[] }>>;
  interactive: InteractiveKind[];
  quotes: boolean;
  reactions: boolean;
  read_receipts: boolean;
  typing: boolean;
  template_list: boolean;
  /** Free text is taken for 24 hours after a customer's message only. */
  window: boolean;
  ticks: "exact" | "best_effort" | "none";
  settles_lost_answers: boolean;
}

/** A number of the business, and what its provider can do. */
export interface ChannelOffer extends Channel {
  /** The provider's name as people know it. */
  title: string;
  capabilities: Capabilities;
}

export interface LastMessage {
  message_id: string;
  content: string;
  is_user: boolean;
  role: Role;
  timestamp: string;
  type: MessageType;
  status: DeliveryStatus | null;
  deleted?: boolean;
}

export interface CustomerInfo {
  name: string | null;
  phone: string | null;
  username: string | null;
  bsuid: string | null;
  identities: { kind: string; value: string; former?: boolean }[];
}

/** A row of the list as events carry it: the same for every operator. */
export interface ConversationRow {
  conversation_id: string;
  user_id: string;
  user_name: string | null;
  user_phone: string | null;
  phone_clean: string | null;
  /** In which the customer writes: an ISO 639-1 code, or `arabizi`, Arabic in Latin letters. */
  language: string | null;
  channel: Channel;
  status: ConversationStatus;
  operator_id: string | null;
  operator_name: string | null;
  last_message: LastMessage | null;
  last_activity: string;
  last_sequence: number;
  message_count: number;
  inbound_count: number;
  duration_seconds: number;
  is_live: boolean;
  sentiment: Sentiment | null;
  window_expires_at: string | null;
  waiting_since: string | null;
  priority: number;
  /** Until the conversation is given back or ended. */
  handover_reason: HandoverReason | null;
  handover_epoch: number;
  tags: string[];
  customer_info: CustomerInfo;
  /** The conversation in which this customer's thread goes on; this one takes nothing new. */
  continued_in?: string | null;
  version: number;
}

/** Something that the assistant has noted about a contact, and goes by. */
export interface ContactFact {
  fact_id: string;
  fact: string;
  noted_at: string;
}

/** Two contacts that were taken for one, which can be undone. */
export interface ContactMerge {
  merge_id: string;
  user_id: string;
  other_user_id: string;
  told_by: "whatsapp" | "operator";
  operator_name: string | null;
  other_name: string | null;
  other_identities: { kind: string; value: string }[];
  merged_at: string;
}

/** A row as it is shown to one operator. `unread_count` is null while only the server could tell it. */
export interface Conversation extends ConversationRow {
  unread_count: number | null;
}

/** What it takes to open a conversation. */
export interface Selection {
  user_id: string;
  conversation_id: string;
}

/** A list: one status, all of them (null), or those who wait, the most urgent first. */
export type ListKind = ConversationStatus | "queue" | null;

export interface Reaction {
  emoji: string;
  /** `user` or `business`. */
  from: string;
  timestamp: string;
}

export interface ReplyPreview {
  message_id: string;
  role: Role;
  type: MessageType;
  content: string;
}

/** The file of a message. `url` needs the session; nothing of the provider's own stands here. */
export interface Media {
  /** `pending`: it is still being fetched; `failed`: `error` says why, and `can_retry` whether once more may help. */
  state: "ready" | "pending" | "failed";
  sha256: string | null;
  url: string | null;
  thumbnail_url: string | null;
  mime_type: string;
  bytes: number | null;
  name: string | null;
  duration_seconds: number | null;
  width: number | null;
  height: number | null;
  /** How loud a sound is over its length, each 0 to 100; empty when nobody knows. */
  peaks: number[];
  voice?: boolean;
  animated?: boolean;
  error: { code: string; message: string } | null;
  can_retry: boolean;
}

export interface MessageError {
  code: string | number | null;
  message: string | null;
  /** From when on a person may decide about a send whose outcome nobody knows. */
  decide_after?: string;
  /** Of an unknown outcome where ticks are guesses: how far a message has come that may be this one. */
  perhaps?: DeliveryStatus;
}

export interface Message {
  message_id: string;
  conversation_id: string;
  user_id: string;
  sequence: number;
  clock: number;
  version: number;
  timestamp: string;
  is_user: boolean;
  role: Role;
  handled_by: null | "bot" | "operator" | "phone";
  operator_id: string | null;
  operator_name: string | null;
  origin: "live" | "echo" | "history";
  type: MessageType;
  content: string;
  text: string | null;
  status: DeliveryStatus | null;
  error: MessageError | null;
  reply_to: string | null;
  reply_preview: ReplyPreview | null;
  reactions: Reaction[];
  edited_at: string | null;
  deleted_at: string | null;
  audio_url: string | null;
  image_url: string | null;
  media: Media | null;
  metadata: Record<string, unknown>;
  client_message_id: string | null;
}

export interface Operator {
  operator_id: string;
  name: string;
  email: string;
  role: "owner" | "admin" | "operator";
  status: OperatorStatus;
}
export type OperatorStatus = "available" | "busy" | "away";

/** A person of the account as colleagues see them: who is online, and which conversation is looked at. */
export interface Colleague {
  operator_id: string;
  name: string;
  status: OperatorStatus;
  online: boolean;
  conversation_id: string | null;
}

export interface Session {
  operator: Operator;
  account: { account_id: string; name: string };
  expires_at: string;
}

export interface ChatsPage {
  chats: Conversation[];
  next_cursor: string | null;
  has_more: boolean;
  total: number;
  as_of: string;
}

export interface QueueAnswer {
  queue: Conversation[];
  total: number;
  as_of?: string;
}

export interface HistoryPage {
  messages: Message[];
  has_more: boolean;
  next_before: string | null;
  total_messages: number;
  as_of: string;
  conversation: Conversation | ConversationRow | null;
}

/** An event as it comes over the stream (data still text) or from a poll (data already read). */
export interface LiveEvent {
  event: string;
  id: string | null;
  data: Record<string, unknown>;
}

export interface PollAnswer {
  events: LiveEvent[];
  cursor: string;
  has_more: boolean;
  resync: { reason: string; sequence: number; tag: string } | null;
}

export interface Metrics {
  active_conversations: number;
  bot_conversations: number;
  human_conversations: number;
  waiting_conversations: number;
  resolved_conversations: number;
  average_wait_seconds: number | null;
  window_hours: number;
  messages_in: number;
  messages_out: number;
}

export interface TraceHop {
  hop: string;
  at: string;
  detail: unknown;
}
