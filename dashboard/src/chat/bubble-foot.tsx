/** The last line of a bubble: edited, when, and the ticks. */
import { Smartphone } from "lucide-react";
import type { Message } from "../api/types.ts";
import { useReason } from "../content/reasons.ts";
import { useLanguage, useText } from "../i18n/index.ts";
import { moment, timeOfDay } from "../lib/time.ts";
import type { Pending } from "../live/pending.ts";
import { StatusTicks } from "../ui/status-ticks.tsx";
import { useDue } from "./unsettled-actions.tsx";

export function BubbleFoot({ message, pending }: { message: Message; pending: Pending | null }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  return (
    <>
      {message.status === "failed" && <FailureReason message={message} />}
      {message.status === "unknown" && <UnknownOutcome message={message} />}
      <p className="mt-0.5 flex items-center justify-end gap-1 text-[0.6875rem] text-ink-faint leading-4">
        {message.status === "unknown" && <span className="text-warn">{text("tick_unknown")}</span>}
        {pending?.state === "guarded" && <span className="text-warn">{text("pending_guarded")}</span>}
        {pending?.state === "queued" && pending.attempts > 0 && (
          <span className="text-warn">{text("pending_waiting")}</span>
        )}
        {message.origin === "history" && <span>{text("message_from_history")}</span>}
        {message.handled_by === "phone" && (
          <Smartphone role="img" aria-label={text("message_from_phone")} className="size-3" data-testid="echo-mark" />
        )}
        {message.edited_at && !message.deleted_at && <span data-testid="edited-mark">{text("message_edited")}</span>}
        <time dateTime={message.timestamp} title={moment(language, message.timestamp)}>
          {timeOfDay(language, message.timestamp)}
        </time>
        {!message.is_user && <StatusTicks status={message.status} guessed={message.metadata.ticks === "best_effort"} />}
      </p>
    </>
  );
}

function FailureReason({ message }: { message: Message }) {
  const text = useText();
  const reason = useReason("failure", message.error);
  if (!reason) return null;
  return (
    <p className="plain-direction mt-1 max-w-prose text-bad text-xs" dir="auto" data-testid="failure-reason">
      {text("tick_failed_reason", { reason })}
    </p>
  );
}

/** WhatsApp may still tell what became of it. From when on a person may decide; then there are buttons for it. */
function UnknownOutcome({ message }: { message: Message }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const isDue = useDue(message);
  const { decide_after, perhaps } = message.error ?? {};
  const waiting = !isDue && decide_after ? text("unknown_waiting", { time: timeOfDay(language, decide_after) }) : null;
  const hint = perhaps ? text("unknown_perhaps", { tick: text(`tick_${perhaps}`) }) : null;
  if (!waiting && !hint) return null;
  return (
    <p className="plain-direction mt-1 max-w-prose text-warn text-xs" dir="auto" data-testid="unknown-outcome">
      {[waiting, hint].filter(Boolean).join(" ")}
    </p>
  );
}
