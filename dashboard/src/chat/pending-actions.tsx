/** How far the file of a message is, and what a person decides about one that the server refused. */
import { useText } from "../i18n/index.ts";
import { sendAnyway, takeBack, withdraw } from "../live/outbox.ts";
import { canTakeBack, type Pending } from "../live/pending.ts";
import { useScreen } from "../live/store.ts";
import { useUploads } from "../live/uploads.ts";

/** Refusals of this page itself, which come without a sentence. */
const OWN_REASONS = ["not_sent_in_time", "file_lost"] as const;

export function PendingActions({ pending }: { pending: Pending }) {
  if (pending.state === "uploading") return <Upload pending={pending} />;
  return pending.state === "refused" ? <Refused pending={pending} /> : null;
}

function Upload({ pending }: { pending: Pending }) {
  const text = useText();
  const share = useUploads(({ items }) => items.find(({ id }) => id === pending.file?.id)?.share ?? 0);
  const name = pending.file?.name ?? "";
  return (
    <div className="mt-1 flex w-64 max-w-full items-center gap-2 text-xs">
      <progress
        className="progress-line min-w-0 flex-1"
        max={100}
        value={Math.floor(share * 100)}
        data-testid="pending-progress"
        aria-label={text("tray_progress", { name })}
      />
      <span className="shrink-0 text-ink-soft tabular-nums">
        {share < 1 ? text("percent", { percent: Math.floor(share * 100) }) : text("tray_working")}
      </span>
      <button
        type="button"
        data-testid="pending-cancel"
        aria-label={text("tray_cancel", { name })}
        className="font-medium text-accent"
        onClick={() => withdraw(pending)}
      >
        {text("cancel")}
      </button>
    </div>
  );
}

function Refused({ pending }: { pending: Pending }) {
  const text = useText();
  // Nothing goes out from here any more, and a draft would be out of sight: the way on takes it along.
  const isOver = useScreen((state) => Boolean(state.live.conversations[pending.conversation_id]?.continued_in));
  const reason = OWN_REASONS.find((code) => code === pending.error?.code);
  return (
    <div className="mt-1 flex flex-wrap items-center justify-end gap-3 text-xs">
      {reason && <span className="text-bad">{text(`error_${reason}`)}</span>}
      {reason !== "file_lost" && !isOver && (
        <button
          type="button"
          data-testid="pending-retry"
          className="font-medium text-accent"
          onClick={() => sendAnyway(pending, pending.force)}
        >
          {text("pending_retry")}
        </button>
      )}
      {canTakeBack(pending) && !isOver && (
        <button type="button" data-testid="pending-edit" className="text-ink-soft" onClick={() => takeBack(pending)}>
          {text("guard_edit")}
        </button>
      )}
      <button type="button" data-testid="pending-discard" className="text-ink-soft" onClick={() => withdraw(pending)}>
        {text("pending_discard")}
      </button>
    </div>
  );
}
