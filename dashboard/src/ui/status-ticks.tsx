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

/** What only statuses tell; whatever else a message is, its own sending told. */
const GUESSED: ReadonlySet<DeliveryStatus> = new Set(["delivered", "read"]);

/** `guessed` says that the provider's statuses do not name the message: customer and time join them. */
export function StatusTicks({ status, guessed = false }: { status: DeliveryStatus | null; guessed?: boolean }) {
  const text = useText();
  const tick = status && TICKS[status];
  if (!tick) return null;
  const isGuess = guessed && GUESSED.has(status);
  const label = isGuess ? text("tick_guessed", { tick: text(`tick_${status}`) }) : text(`tick_${status}`);
  const line = isGuess ? "border-current border-b border-dotted" : "";
  return (
    <span role="img" aria-label={label} title={label} className={`shrink-0 ${tick.colour} ${line}`}>
      <tick.icon aria-hidden="true" className="size-4" />
    </span>
  );
}
