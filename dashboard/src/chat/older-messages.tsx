/** The top of the messages: asks for older ones before the reader gets there, or says that this is the beginning. */
import { type RefObject, useCallback, useEffect, useState } from "react";
import { ApiError } from "../api/client.ts";
import type { Selection } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { loadOlder } from "../live/load.ts";
import { useScreen } from "../live/store.ts";
import { DayDivider } from "./day-divider.tsx";

/** Pixels from the top within which the next page is asked for. */
const NEAR_TOP = 600;

type Progress = "idle" | "loading" | "failed";

interface OlderProps {
  selected: Selection;
  scroller: RefObject<HTMLDivElement | null>;
  height: number;
}

export function OlderMessages({ selected, scroller, height }: OlderProps) {
  const text = useText();
  const thread = useScreen((state) => state.live.threads[selected.conversation_id]);
  const oldest = thread?.messages[0];
  const { progress, load } = useOlder(selected, scroller, oldest?.message_id);
  return (
    <div
      className="absolute inset-x-0 top-0 grid place-items-center overflow-hidden text-ink-faint text-xs"
      style={{ height }}
      data-testid="load-older"
      data-state={thread?.complete ? "complete" : progress}
    >
      {thread?.complete && text("chat_start")}
      {!thread?.complete && progress === "idle" && oldest && <DayDivider timestamp={oldest.timestamp} />}
      {!thread?.complete && progress === "loading" && text("loading")}
      {!thread?.complete && progress === "failed" && (
        <button type="button" onClick={load} className="rounded-full bg-surface px-3 py-1 shadow-sm">
          {text("older_failed")} {text("try_again")}
        </button>
      )}
    </div>
  );
}

function useOlder(selected: Selection, scroller: OlderProps["scroller"], oldest: string | undefined) {
  const [progress, setProgress] = useState<Progress>("idle");
  const { user_id, conversation_id } = selected;
  const load = useCallback(() => {
    setProgress("loading");
    loadOlder({ user_id, conversation_id }).then(
      () => setProgress("idle"),
      (reason) => {
        if (!(reason instanceof ApiError)) throw reason;
        setProgress("failed");
      },
    );
  }, [user_id, conversation_id]);
  // `oldest` moves with each page: a reader who is still near the top gets the next one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const element = scroller.current;
    if (!element || progress !== "idle") return;
    const look = () => {
      const isComplete = useScreen.getState().live.threads[conversation_id]?.complete ?? true;
      if (!isComplete && element.scrollTop < NEAR_TOP) load();
    };
    // Only after the list has gone to its end, or every opening would ask for a second page.
    const first = requestAnimationFrame(() => requestAnimationFrame(look));
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      cancelAnimationFrame(first);
      element.removeEventListener("scroll", look);
    };
  }, [scroller, conversation_id, progress, load, oldest]);
  return { progress, load };
}
