/** Every call that the dashboard makes, by name. */

import { post, postLast, read, remove } from "./client.ts";
import type { SendRequest, Template } from "./sending.ts";
import type {
  ChannelOffer,
  ChatsPage,
  ContactFact,
  ContactMerge,
  Conversation,
  ConversationStatus,
  HistoryPage,
  Message,
  Metrics,
  OperatorStatus,
  PollAnswer,
  QueueAnswer,
  Session,
  TraceHop,
} from "./types.ts";

const LIVE_CHAT = "/api/live-chat";
export const EVENTS_URL = `${LIVE_CHAT}/events`;
export const LIST_PAGE_SIZE = 30;
export const HISTORY_PAGE_SIZE = 50;

export const currentSession = () => read<Session>("/api/session");
export const logIn = (email: string, password: string) => post<Session>("/api/session", { email, password });
export const logOut = () => remove("/api/session");

export interface ListQuery {
  status?: string | null;
  search?: string | null;
  cursor?: string | null;
}
export const chatsPage = ({ status, search, cursor }: ListQuery) =>
  read<ChatsPage>(`${LIVE_CHAT}/unified-chats`, { status, search, cursor, page_size: LIST_PAGE_SIZE });

export const waitingQueue = () => read<QueueAnswer>(`${LIVE_CHAT}/waiting-queue`);

export const historyPage = (user_id: string, conversation_id: string, before: string | null = null) =>
  read<HistoryPage>(`${LIVE_CHAT}/conversation/${encodeURIComponent(user_id)}/${encodeURIComponent(conversation_id)}`, {
    before,
    limit: HISTORY_PAGE_SIZE,
  });

export const eventsAfter = (after: string) => read<PollAnswer>(`${LIVE_CHAT}/events/poll`, { after, wait: 0 });

export const sendMessage = (request: SendRequest) => post<{ message: Message }>(`${LIVE_CHAT}/send-message`, request);

/** Of a send whose outcome nobody knows: try once more although it may have arrived, or leave it. */
export const sendAgain = (conversation_id: string, message_id: string) =>
  post<{ message: Message }>(`${LIVE_CHAT}/send-again`, { conversation_id, message_id });
export const discardMessage = (conversation_id: string, message_id: string) =>
  post<{ message: Message }>(`${LIVE_CHAT}/discard-message`, { conversation_id, message_id });

/** An empty `emoji` takes the reaction back. */
export const react = (conversation_id: string, message_id: string, emoji: string) =>
  post<{ message: Message }>(`${LIVE_CHAT}/react`, { conversation_id, message_id, emoji });

export const UPLOADS_URL = `${LIVE_CHAT}/uploads`;
export const forgetUpload = (upload_id: string) => remove(`${UPLOADS_URL}/${encodeURIComponent(upload_id)}`);

export const channels = () => read<{ channels: ChannelOffer[] }>(`${LIVE_CHAT}/channels`);

export const templates = (conversation_id: string) =>
  read<{ templates: Template[]; synced_at: string | null }>(`${LIVE_CHAT}/templates`, { conversation_id });
export const refreshTemplates = (channel_id: string) =>
  post<{ success: true }>(`${LIVE_CHAT}/templates/refresh`, { channel_id });

export type HandoverAction = "takeover" | "release" | "end-conversation";
export interface HandoverAnswer {
  conversation_id: string;
  operator_id: string | null;
  status: ConversationStatus;
  conversation?: Conversation;
}
export const handOver = (action: HandoverAction, conversation_id: string, user_id: string) =>
  post<HandoverAnswer>(`${LIVE_CHAT}/${action}`, { conversation_id, user_id });

export const markRead = (conversation_id: string, sequence: number) =>
  post<{ sequence: number; unread_count: number }>(`${LIVE_CHAT}/read`, { conversation_id, sequence });

export const operatorStatus = (status: OperatorStatus) =>
  post<{ status: OperatorStatus }>(`${LIVE_CHAT}/operator-status`, { status });

export const tellTyping = (conversation_id: string, user_id: string, typing: boolean) =>
  postLast<{ typing: boolean }>(`${LIVE_CHAT}/typing`, { conversation_id, user_id, typing });

export const tellViewing = (conversation_id: string | null) =>
  postLast<{ conversation_id: string | null }>(`${LIVE_CHAT}/viewing`, { conversation_id });

export const metrics = () => read<{ metrics: Metrics }>(`${LIVE_CHAT}/metrics`);

export const messageTrace = (message_id: string) =>
  read<{ hops: TraceHop[] }>(`${LIVE_CHAT}/messages/${encodeURIComponent(message_id)}/trace`);

export const fetchMedia = (conversation_id: string, message_id: string) =>
  post<{ message: Message }>(`${LIVE_CHAT}/fetch-media`, { conversation_id, message_id });

export const conversationsOf = (user_id: string) =>
  read<{ conversations: Conversation[]; total: number; merges: ContactMerge[] }>(
    `${LIVE_CHAT}/client/${encodeURIComponent(user_id)}/conversations`,
  );

/** What the assistant has noted about a contact. Forgetting answers what is left. */
export const factsOf = (user_id: string) =>
  read<{ facts: ContactFact[] }>(`${LIVE_CHAT}/client/${encodeURIComponent(user_id)}/facts`);
export const forgetFact = (user_id: string, fact_id: string) =>
  post<{ facts: ContactFact[] }>(`${LIVE_CHAT}/contacts/forget-fact`, { user_id, fact_id });

/** Two contacts are one person, or a merge is taken back; the events tell what that changes. */
export const mergeContacts = (user_id: string, other_user_id: string) =>
  post<{ merge_id: string }>(`${LIVE_CHAT}/contacts/merge`, { user_id, other_user_id });
export const unmergeContacts = (merge_id: string) =>
  post<{ merge_id: string }>(`${LIVE_CHAT}/contacts/unmerge`, { merge_id });
