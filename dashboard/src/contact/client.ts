/** All that the server knows of one person: conversations over all numbers, and the merges that made them one. */
import { useQuery } from "@tanstack/react-query";
import { conversationsOf } from "../api/pages.ts";
import type { ConversationRow } from "../api/types.ts";
import { useScreen } from "../live/store.ts";

/** Asked anew when the events say that more conversations, or fewer, are this person's: not with every message. */
export function useClient(user_id: string) {
  const theirs = useScreen((state) => idsOf(Object.values(state.live.conversations), user_id));
  const { data } = useQuery({
    queryKey: ["conversations of", user_id, theirs],
    queryFn: () => conversationsOf(user_id),
    placeholderData: (before) => before,
  });
  return data;
}

/** One text, so that it is the same for as long as nothing has changed. */
export function idsOf(rows: ConversationRow[], user_id: string): string {
  const theirs = rows.filter((row) => row.user_id === user_id);
  return theirs
    .map((row) => row.conversation_id)
    .sort()
    .join(" ");
}
