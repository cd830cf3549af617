/** A click on a quote goes to the quoted message and lights it up for a moment. */
import type { Virtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "../api/client.ts";
import type { Selection } from "../api/types.ts";
import { loadOlder } from "../live/load.ts";
import { liveNow } from "../live/store.ts";
import type { Entry } from "./entries.ts";

const FLASH_MS = 1600;
/** A message further back is not looked for: it would be a thousand messages to load for one glance. */
const PAGES_MAX = 20;
const BUSY_MS = 200;

export function useJump(list: Virtualizer<HTMLDivElement, Element>, entries: Entry[], selected: Selection) {
  const { user_id, conversation_id } = selected;
  const [flashed, setFlashed] = useState<string | null>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const place = wanted === null ? -1 : entries.findIndex((entry) => isIt(entry, wanted));
  const latest = useRef(wanted);
  latest.current = wanted;
  useEffect(() => {
    if (place < 0) return;
    list.scrollToIndex(place, { align: "center" });
    setFlashed((entries[place] as Entry).key);
    setWanted(null);
    setTimeout(() => setFlashed(null), FLASH_MS);
  }, [place, entries, list]);
  const jumpTo = useCallback(
    (message_id: string) => {
      setWanted(message_id);
      loadUntil({ user_id, conversation_id }, message_id)
        .catch((reason) => {
          // The top of the list says that older messages could not be loaded, and offers to try again.
          if (!(reason instanceof ApiError)) throw reason;
          return false;
        })
        .then((isThere) => !isThere && latest.current === message_id && setWanted(null));
    },
    [user_id, conversation_id],
  );
  return { flashed, jumpTo };
}

function isIt(entry: Entry, message_id: string): boolean {
  return entry.kind === "message" && entry.message.message_id === message_id;
}

/** Loads older pages until the message is held; false when it is not to be found. */
async function loadUntil(selected: Selection, message_id: string): Promise<boolean> {
  for (let page = 0; page <= PAGES_MAX; page += 1) {
    const thread = liveNow().threads[selected.conversation_id];
    if (!thread) return false;
    if (thread.messages.some((message) => message.message_id === message_id)) return true;
    if (thread.complete) return false;
    await loadOlder(selected);
    // The list itself may be loading that page just now.
    if (liveNow().threads[selected.conversation_id] === thread) await new Promise((go) => setTimeout(go, BUSY_MS));
  }
  return false;
}
