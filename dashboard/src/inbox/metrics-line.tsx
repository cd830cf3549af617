/** How many wait, and for how long: one line above the list. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { metrics } from "../api/pages.ts";
import { useText } from "../i18n/index.ts";
import { useScreen } from "../live/store.ts";

const REFRESH_MS = 15_000;
const SOON_MS = 500;
/** The server answers from memory for five seconds; this look is surely past what it remembered. */
const SURELY_MS = 6000;

export function MetricsLine() {
  const text = useText();
  const { data, refetch } = useQuery({ queryKey: ["metrics"], queryFn: metrics, refetchInterval: REFRESH_MS });
  useEarlier(refetch);
  if (!data) return null;
  const { waiting_conversations, average_wait_seconds } = data.metrics;
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

/** Reads the figures again as soon as somebody in sight begins or ceases to wait. */
function useEarlier(refetch: () => unknown): void {
  const waiting = useScreen(
    ({ live }) => live.order.filter((id) => live.conversations[id]?.status === "waiting_human").length,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number is the reason
  useEffect(() => {
    const timers = [SOON_MS, SURELY_MS].map((delay) => setTimeout(refetch, delay));
    return () => timers.forEach(clearTimeout);
  }, [waiting, refetch]);
}
