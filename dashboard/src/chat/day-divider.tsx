/** The day, between messages. */
import { memo } from "react";
import { useLanguage } from "../i18n/index.ts";
import { useNow } from "../lib/now.ts";
import { dayName } from "../lib/time.ts";

export const DayDivider = memo(function DayDivider({ timestamp }: { timestamp: string }) {
  const language = useLanguage((state) => state.language);
  const now = useNow();
  return (
    <div className="flex justify-center py-3" data-testid="day-divider">
      <span className="rounded-full bg-surface px-3 py-0.5 text-ink-soft text-xs shadow-sm first-letter:uppercase">
        {dayName(language, timestamp, now)}
      </span>
    </div>
  );
});
