/** Says at all times whether the screen is the present. */
import { useText } from "../i18n/index.ts";
import { sequenceOf } from "../live/cursor.ts";
import { type Phase, useScreen } from "../live/store.ts";

const LOOK: Record<Phase, { bar: string; dot: string }> = {
  live: { bar: "text-ink-faint", dot: "bg-accent" },
  "catching-up": { bar: "bg-warn-soft text-warn", dot: "bg-warn breathe" },
  offline: { bar: "bg-bad-soft text-bad", dot: "bg-bad" },
};

export function TruthBar() {
  const text = useText();
  const phase = useScreen((state) => state.phase);
  const sequence = useScreen((state) => sequenceOf(state.live.cursor));
  return (
    <div
      role="status"
      aria-live="polite"
      data-testid="live-state"
      data-state={phase}
      data-sequence={sequence}
      className={`flex min-h-6 shrink-0 items-center justify-center gap-2 px-3 py-0.5 text-xs ${LOOK[phase].bar}`}
    >
      <span className={`size-2 shrink-0 rounded-full ${LOOK[phase].dot}`} />
      <span className="font-medium">{text(`live_${phase}`)}</span>
      {phase === "offline" && <span className="truncate">{text("live_offline_detail")}</span>}
      {/* Told to no screen reader: it changes with every event. */}
      {phase !== "offline" && sequence >= 0 && (
        <span aria-hidden="true" className="tabular-nums opacity-80">
          {text("live_sequence", { sequence })}
        </span>
      )}
    </div>
  );
}
