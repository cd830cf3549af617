/** The last line of a bubble: edited, when, and the ticks. */
import { Smartphone } from "lucide-react";
import type { Message } from "../api/types.ts";
import { useLanguage, useText } from "../i18n/index.ts";
import { moment, timeOfDay } from "../lib/time.ts";
import type { Pending } from "../live/pending.ts";
import { StatusTicks } from "../ui/status-ticks.tsx";

export function BubbleFoot({ message, pending }: { message: Message; pending: Pending | null }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  return (
    <>
      {message.status === "failed" && message.error?.message && (
        <p className="plain-direction mt-1 text-bad text-xs" dir="auto" data-testid="failure-reason">
          {text("tick_failed_reason", { reason: message.error.message })}
        </p>
      )}
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
        {!message.is_user && <StatusTicks status={message.status} />}
      </p>
    </>
  );
}
