/** Where the person is, as the address says it: the list's filters in the query, the open conversation in the path. */
import { useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import type { ConversationStatus, ListKind, Selection } from "../api/types.ts";

/** A page that is no conversation. */
export type OfficePage = "knowledge" | "assistant";

export interface Place {
  page: OfficePage | null;
  /** Of such a page: what of it is shown; empty for its beginning. */
  section: string;
  selected: Selection | null;
  status: ConversationStatus | null;
  search: string;
  queue: boolean;
}

const PAGES: OfficePage[] = ["knowledge", "assistant"];
const STATUSES: ConversationStatus[] = ["bot", "human", "waiting_human", "resolved"];

export function readPlace(path: string, query: string): Place {
  const parameters = new URLSearchParams(query);
  const [area, user_id, conversation_id] = path.split("/").filter(Boolean);
  const isConversation = area === "conversations" && user_id && conversation_id;
  const page = PAGES.find((name) => name === area) ?? null;
  return {
    page,
    section: page && user_id ? decodeURIComponent(user_id) : "",
    selected: isConversation
      ? { user_id: decodeURIComponent(user_id), conversation_id: decodeURIComponent(conversation_id) }
      : null,
    status: STATUSES.find((status) => status === parameters.get("status")) ?? null,
    search: parameters.get("search") ?? "",
    queue: parameters.get("view") === "waiting",
  };
}

export function writePlace({ page, section, selected, status, search, queue }: Place): string {
  if (page) return section ? `/${page}/${encodeURIComponent(section)}` : `/${page}`;
  const query = new URLSearchParams();
  if (queue) query.set("view", "waiting");
  if (status) query.set("status", status);
  if (search) query.set("search", search);
  const path = selected
    ? `/conversations/${encodeURIComponent(selected.user_id)}/${encodeURIComponent(selected.conversation_id)}`
    : "/";
  return query.size > 0 ? `${path}?${query}` : path;
}

/** Which list the place shows. */
export function listKind({ queue, status }: Place): ListKind {
  return queue ? "queue" : status;
}

export function usePlace(): Place & { go: (change: Partial<Place>, replace?: boolean) => void } {
  const [path, navigate] = useLocation();
  const query = useSearch();
  return useMemo(() => {
    const place = readPlace(path, query);
    const go = (change: Partial<Place>, replace = false) => navigate(writePlace({ ...place, ...change }), { replace });
    return { ...place, go };
  }, [path, query, navigate]);
}
