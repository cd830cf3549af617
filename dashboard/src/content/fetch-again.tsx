/** What stands where a file is not: that it is coming, or why it is not there, and the way to ask for it once more. */
import { CircleAlert, LoaderCircle, RotateCw } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../api/client.ts";
import { fetchMedia } from "../api/pages.ts";
import type { Message } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { placeInThread } from "../live/apply.ts";
import { changeLive } from "../live/store.ts";
import { stateOf } from "./media.ts";
import { words } from "./reading.ts";
import { useReason } from "./reasons.ts";

export function Absent({ message }: { message: Message }) {
  const text = useText();
  const state = stateOf(message.media);
  const reason = useReason("file", message.media?.error ?? null) ?? words(message.metadata.reason);
  if (state === "pending") {
    return (
      <p role="status" data-testid="file-pending" className="flex items-center gap-2 text-ink-soft text-sm">
        <LoaderCircle aria-hidden="true" className="size-4 shrink-0 animate-spin" />
        {text("file_pending")}
      </p>
    );
  }
  return (
    <div data-testid="file-failed" className="text-sm">
      <p className="flex items-start gap-2 text-bad">
        <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
        <span className="plain-beside min-w-0 wrap-anywhere">{reason ?? text("file_missing")}</span>
      </p>
      {message.media?.can_retry && <FetchAgain message={message} />}
    </div>
  );
}

function FetchAgain({ message }: { message: Message }) {
  const text = useText();
  const [progress, setProgress] = useState<"idle" | "asking" | "failed">("idle");
  const ask = async () => {
    setProgress("asking");
    try {
      const answer = await fetchMedia(message.conversation_id, message.message_id);
      changeLive((live) => placeInThread(live, answer.message));
      setProgress("idle");
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason;
      // It is there or on its way by now; what the stream tells will show it.
      setProgress(reason.code === "nothing_to_fetch" ? "idle" : "failed");
    }
  };
  return (
    <p className="mt-1.5 flex flex-wrap items-center gap-2">
      <button
        type="button"
        data-testid="fetch-again"
        disabled={progress === "asking"}
        onClick={() => void ask()}
        className="inline-flex items-center gap-1.5 rounded-full bg-surface px-3 py-1 font-medium text-accent text-xs shadow-xs disabled:opacity-50"
      >
        <RotateCw aria-hidden="true" className="size-3.5" />
        {text("file_fetch_again")}
      </button>
      {progress === "failed" && (
        <span role="alert" className="text-bad text-xs">
          {text("error_network")}
        </span>
      )}
    </p>
  );
}
