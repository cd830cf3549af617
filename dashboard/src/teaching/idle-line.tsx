/** Where a conversation was ended, or given back to the assistant, because nobody said anything for so long. */
import type { Message } from "../api/types.ts";
import { number, object } from "../content/reading.ts";
import { useText } from "../i18n/desk.ts";
import { type Language, useLanguage } from "../i18n/index.ts";
import { moment, timeOfDay } from "../lib/time.ts";

const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

export default function IdleLine({ message }: { message: Message }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const { move, minutes } = object(message.metadata.idle);
  const time = spanOf(language, number(minutes) ?? 0);
  return (
    <p
      data-testid="idle-line"
      className="max-w-[85%] rounded-full bg-surface/80 px-3 py-1 text-center text-ink-soft text-xs"
    >
      {text(move === "release" ? "idle_line_release" : "idle_line_end", { time })}{" "}
      <time dateTime={message.timestamp} title={moment(language, message.timestamp)} className="text-ink-faint">
        · {timeOfDay(language, message.timestamp)}
      </time>
    </p>
  );
}

/** "30 minutes", "2 hours", "3 days": as it was set. */
function spanOf(language: Language, minutes: number): string {
  const [unit, size] =
    minutes % DAY_MINUTES === 0
      ? (["day", DAY_MINUTES] as const)
      : minutes % HOUR_MINUTES === 0
        ? (["hour", HOUR_MINUTES] as const)
        : (["minute", 1] as const);
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(minutes / size);
}
