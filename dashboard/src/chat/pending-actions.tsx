/** What a person decides about a message that the server refused. */
import { useText } from "../i18n/index.ts";
import { sendAnyway, takeBack, withdraw } from "../live/outbox.ts";
import type { Pending } from "../live/pending.ts";

export function PendingActions({ pending }: { pending: Pending }) {
  const text = useText();
  if (pending.state !== "refused") return null;
  const isLate = pending.error?.code === "not_sent_in_time";
  return (
    <div className="mt-1 flex flex-wrap items-center justify-end gap-3 text-xs">
      {isLate && <span className="text-bad">{text("error_not_sent_in_time")}</span>}
      <button
        type="button"
        data-testid="pending-retry"
        className="font-medium text-accent"
        onClick={() => sendAnyway(pending, pending.force)}
      >
        {text("pending_retry")}
      </button>
      <button type="button" className="text-ink-soft" onClick={() => takeBack(pending)}>
        {text("guard_edit")}
      </button>
      <button type="button" data-testid="pending-discard" className="text-ink-soft" onClick={() => withdraw(pending)}>
        {text("pending_discard")}
      </button>
    </div>
  );
}
