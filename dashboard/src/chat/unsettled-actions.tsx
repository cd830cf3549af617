/** A send whose outcome nobody knows: after two minutes a person decides whether it goes once more. */
import { useEffect, useState } from "react";
import { ApiError } from "../api/client.ts";
import { discardMessage, sendAgain } from "../api/pages.ts";
import type { Message } from "../api/types.ts";
import { useReason } from "../content/reasons.ts";
import { useText } from "../i18n/index.ts";
import { placeInThread } from "../live/apply.ts";
import { changeLive } from "../live/store.ts";

type Decision = typeof sendAgain;

export function UnsettledActions({ message }: { message: Message }) {
  const text = useText();
  const isDue = useDue(message);
  const { decide, busy, failure } = useDecision(message);
  if (!isDue) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in
    <div
      role="group"
      aria-label={text("unsettled")}
      data-testid="unsettled"
      className="mt-1 max-w-xs rounded-2xl bg-warn-soft px-3 py-2 text-xs"
    >
      <p className="text-warn">
        {text("unsettled")} {text("unsettled_hint")}
      </p>
      <p className="mt-1 flex justify-end gap-3">
        <button
          type="button"
          data-testid="send-again"
          disabled={busy}
          className="font-medium text-accent disabled:opacity-50"
          onClick={() => decide(sendAgain)}
        >
          {text("pending_retry")}
        </button>
        <button
          type="button"
          data-testid="discard-message"
          disabled={busy}
          className="font-medium text-ink-soft disabled:opacity-50"
          onClick={() => decide(discardMessage)}
        >
          {text("pending_discard")}
        </button>
      </p>
      {failure && (
        <p role="alert" data-testid="unsettled-failure" className="mt-1 text-bad">
          {failure}
        </p>
      )}
    </div>
  );
}

/** WhatsApp may still say what became of it; until then nobody is asked. */
export function useDue({ status, error }: Message): boolean {
  const due = error?.decide_after ? Date.parse(error.decide_after) : null;
  const [now, setNow] = useState(Date.now);
  const isUnknown = status === "unknown";
  useEffect(() => {
    if (!isUnknown || due === null || due <= Date.now()) return setNow(Date.now());
    const timer = setTimeout(() => setNow(Date.now()), due - Date.now() + 50);
    return () => clearTimeout(timer);
  }, [isUnknown, due]);
  return isUnknown && due !== null && due <= now;
}

function useDecision({ conversation_id, message_id }: Message) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const decide = async (decision: Decision) => {
    setBusy(true);
    setFailure(null);
    try {
      const { message } = await decision(conversation_id, message_id);
      changeLive((live) => placeInThread(live, message));
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason;
      setFailure(reason);
    } finally {
      setBusy(false);
    }
  };
  return { decide: (decision: Decision) => void decide(decision), busy, failure: useReason("failure", failure) };
}
