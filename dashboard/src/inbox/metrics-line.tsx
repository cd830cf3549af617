/** How many wait, and for how long: one line above the list. */
import { useText } from "../i18n/index.ts";
import { useFigures } from "../live/figures.ts";

export function MetricsLine() {
  const text = useText();
  const figures = useFigures();
  if (!figures) return null;
  const { waiting_conversations, average_wait_seconds } = figures;
  const minutes = Math.round((average_wait_seconds ?? 0) / 60);
  return (
    <p className="truncate text-ink-faint text-xs" data-testid="metrics">
      <span className={waiting_conversations > 0 ? "text-warn" : ""}>
        {text("metrics_waiting", { count: waiting_conversations })}
      </span>
      {waiting_conversations > 0 && minutes > 0 && (
        <span> · {text("metrics_wait", { time: text("minutes", { count: minutes }) })}</span>
      )}
    </p>
  );
}
