/** Chips that cut the list by who answers. */
import type { ConversationStatus } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { usePlace } from "../lib/place.ts";

const STATUSES: (ConversationStatus | null)[] = [null, "waiting_human", "human", "bot", "resolved"];

export function Filters() {
  const text = useText();
  const { status, go } = usePlace();
  return (
    <fieldset className="flex gap-1.5 overflow-x-auto [scrollbar-width:none]">
      <legend className="sr-only">{text("filter_status")}</legend>
      {STATUSES.map((choice) => (
        <button
          type="button"
          key={choice ?? "all"}
          aria-pressed={choice === status}
          data-testid={`filter-${choice ?? "all"}`}
          onClick={() => go({ status: choice }, true)}
          className={`shrink-0 rounded-full px-3 py-1 text-xs transition-colors ${choice === status ? "bg-accent-soft font-medium text-accent" : "bg-raised text-ink-soft hover:bg-line"}`}
        >
          {text(`filter_${choice ?? "all"}`)}
        </button>
      ))}
    </fieldset>
  );
}
