/** Every call that the dashboard makes, by name. */

import { post, postLast, read, remove } from "./client.ts";
import type {
  ChatsPage,
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

export interface SendRequest {
  conversation_id: string;
  user_id: string;
  message: string;
  message_type: "text";
  client_message_id: string;
  reply_to: string | null;
  seen_sequence: number;
  force: boolean;
}
export const sendMessage = (request: SendRequest) => post<{ message: Message }>(`${LIVE_CHAT}/send-message`, request);

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
