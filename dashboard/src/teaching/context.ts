/** How an answer of the assistant came about, as the server knows it now. */
import { useQuery } from "@tanstack/react-query";
import { answerContext } from "../api/knowledge.ts";
import type { Message } from "../api/types.ts";

export function useAnswerContext({ conversation_id, message_id }: Message) {
  return useQuery({
    queryKey: ["answer context", conversation_id, message_id],
    queryFn: () => answerContext(conversation_id, message_id),
    // Entries are changed by others meanwhile.
    staleTime: 0,
    refetchOnWindowFocus: false,
  });
}
