/** The colour of an operator's status. */
import type { OperatorStatus } from "../api/types.ts";

export const STATUS_DOT: Record<OperatorStatus, string> = {
  available: "bg-accent",
  busy: "bg-warn",
  away: "bg-ink-faint",
};
