/** The lists that are cut from what is held: by status, as far as pages were loaded; by search, as the server answered. */
import type { ChatsPage, Conversation, ListKind } from "../api/types.ts";
import type { LiveState } from "./state.ts";

export interface View {
  status: ListKind;
  search: string;
  /** For a search: the answer's rows, in its order. */
  ids: string[] | null;
  /** Rows below this activity may be held, but not all of them; they wait for their page. Null: nothing loaded yet. */
  horizon: number | null;
  next_cursor: string | null;
  has_more: boolean;
  loading: boolean;
  failed: boolean;
}

export function viewKey(status: ListKind, search: string): string {
  return JSON.stringify([status, search]);
}

export function newView(status: ListKind, search: string): View {
  return { status, search, ids: null, horizon: null, next_cursor: null, has_more: true, loading: false, failed: false };
}

/** What a view knows after one more page. `first` starts it anew. */
export function extendView(view: View, page: ChatsPage, first: boolean): View {
  const lowest = page.chats.at(-1)?.last_sequence ?? 0;
  const ids = first ? [] : (view.ids ?? []);
  const added = page.chats.map((row) => row.conversation_id).filter((id) => !ids.includes(id));
  return {
    ...view,
    ids: view.search ? [...ids, ...added] : null,
    horizon: page.has_more ? lowest : 0,
    next_cursor: page.next_cursor,
    has_more: page.has_more,
    loading: false,
    failed: false,
  };
}

export function idsOfView(state: Pick<LiveState, "order" | "conversations">, view: View): string[] {
  const { ids, horizon, status } = view;
  if (ids) return ids.filter((id) => state.conversations[id]);
  if (horizon === null) return [];
  if (status === "queue") return waitingIds(state);
  return state.order.filter((id) => {
    const row = state.conversations[id] as Conversation;
    return row.last_sequence >= horizon && (status === null || row.status === status);
  });
}

/** Everyone who waits is held, because the queue comes whole and every later change by an event. */
function waitingIds({ order, conversations }: Pick<LiveState, "order" | "conversations">): string[] {
  return order
    .map((id) => conversations[id] as Conversation)
    .filter((row) => row.status === "waiting_human")
    .sort((one, other) => other.priority - one.priority || waitingSince(one) - waitingSince(other))
    .map((row) => row.conversation_id);
}

function waitingSince(row: Conversation): number {
  return Date.parse(row.waiting_since ?? row.last_activity);
}
