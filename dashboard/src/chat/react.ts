/** Reacting to a message: one emoji of ours, or none any more. */
import { useState } from "react";
import { ApiError } from "../api/client.ts";
import { react } from "../api/pages.ts";
import type { Message } from "../api/types.ts";
import { useReason } from "../content/reasons.ts";
import { placeInThread } from "../live/apply.ts";
import { changeLive } from "../live/store.ts";

/** Reacts, or takes the reaction back with an empty emoji. Rejects with an ApiError. */
export async function reactTo({ conversation_id, message_id }: Message, emoji: string): Promise<void> {
  const { message } = await react(conversation_id, message_id, emoji);
  changeLive((live) => placeInThread(live, message));
}

export function useTakeBack(message: Message) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const takeBack = () => {
    setFailure(null);
    void reactTo(message, "").catch((reason: unknown) => {
      if (!(reason instanceof ApiError)) throw reason;
      setFailure(reason);
    });
  };
  return { takeBack, failure: useReason("failure", failure) };
}
