/** The figures of the moment: how many wait, and for how long. */
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { metrics } from "../api/pages.ts";
import type { Metrics } from "../api/types.ts";
import { useScreen } from "./store.ts";

const KEY = ["metrics"];
const REFRESH_MS = 15_000;
const SOON_MS = 500;
/** The server answers from memory for five seconds; this look is surely past what it remembered. */
const SURELY_MS = 6000;

/** As they were read last. Whoever keeps them fresh stands on every page. */
export function useFigures(): Metrics | undefined {
  return useQuery({ queryKey: KEY, queryFn: metrics, staleTime: REFRESH_MS }).data?.metrics;
}

/** Reads them again and again, and soon after somebody in sight begins or ceases to wait. */
export function useFreshFigures(): Metrics | undefined {
  const { data, refetch } = useQuery({ queryKey: KEY, queryFn: metrics, refetchInterval: REFRESH_MS });
  const waiting = useScreen(
    ({ live }) => live.order.filter((id) => live.conversations[id]?.status === "waiting_human").length,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the number is the reason
  useEffect(() => {
    const timers = [SOON_MS, SURELY_MS].map((delay) => setTimeout(refetch, delay));
    return () => timers.forEach(clearTimeout);
  }, [waiting, refetch]);
  return data?.metrics;
}
