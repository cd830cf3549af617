/** What the person at this screen has seen: counts what came since, and tells the server. */
import { useEffect, useRef, useState } from "react";
import { ApiError } from "../api/client.ts";
import { markRead } from "../api/pages.ts";
import type { Message } from "../api/types.ts";
import { placeOwnRead } from "../live/apply.ts";
import { markSeen, useSeen } from "../live/seen.ts";
import { changeLive, useScreen } from "../live/store.ts";
import { newestSequence } from "../live/thread.ts";

const NOTHING: Message[] = [];

export function useReading(conversation_id: string, isAtEnd: boolean): { unseen: number } {
  const messages = useScreen((state) => state.live.threads[conversation_id]?.messages ?? NOTHING);
  const unread = useScreen((state) => state.live.conversations[conversation_id]?.unread_count ?? 0);
  const isLooking = useIsLooking();
  const newest = newestSequence(messages);
  const seen = useSeen(conversation_id);
  const told = useRef(0);
  useEffect(() => {
    if (!isAtEnd || !isLooking || newest === 0) return;
    markSeen(conversation_id, newest);
    // Once per state of affairs: should the server count differently, asking again would not help.
    if (unread === 0 || told.current === newest) return;
    told.current = newest;
    tellRead(conversation_id, newest);
  }, [conversation_id, isAtEnd, isLooking, newest, unread]);
  return { unseen: messages.filter((message) => message.sequence > seen && message.is_user).length };
}

async function tellRead(conversation_id: string, sequence: number): Promise<void> {
  try {
    const answer = await markRead(conversation_id, sequence);
    changeLive((live) => placeOwnRead(live, conversation_id, answer.unread_count));
  } catch (reason) {
    // The badge stays, which is the truth; the next message or the next visit tells it again.
    if (!(reason instanceof ApiError)) throw reason;
  }
}

/** True while this tab is in front and has the keyboard. */
function useIsLooking(): boolean {
  const [isLooking, setIsLooking] = useState(looks);
  useEffect(() => {
    const changed = () => setIsLooking(looks());
    const stop = new AbortController();
    const options = { signal: stop.signal };
    document.addEventListener("visibilitychange", changed, options);
    window.addEventListener("focus", changed, options);
    window.addEventListener("blur", changed, options);
    return () => stop.abort();
  }, []);
  return isLooking;
}

function looks(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}
