/** How far a message got: clock, one tick, two ticks, two coloured ticks, or a red mark. */
import { Check, CheckCheck, CircleAlert, Clock3, CloudAlert } from "lucide-react";
import type { DeliveryStatus } from "../api/types.ts";
import { useText } from "../i18n/index.ts";

const TICKS: Record<DeliveryStatus, { icon: typeof Check; colour: string }> = {
  queued: { icon: Clock3, colour: "text-ink-faint" },
  sending: { icon: Clock3, colour: "text-ink-faint" },
  sent: { icon: Check, colour: "text-ink-faint" },
  delivered: { icon: CheckCheck, colour: "text-ink-faint" },
  read: { icon: CheckCheck, colour: "text-read" },
  failed: { icon: CircleAlert, colour: "text-bad" },
  unknown: { icon: CloudAlert, colour: "text-warn" },
};

export function StatusTicks({ status }: { status: DeliveryStatus | null }) {
  const text = useText();
  const tick = status && TICKS[status];
  if (!tick) return null;
  const label = text(`tick_${status}`);
  return (
    <span role="img" aria-label={label} title={label} className={`shrink-0 ${tick.colour}`}>
      <tick.icon aria-hidden="true" className="size-4" />
    </span>
  );
}
