/** The left pane (the right one in Arabic): filters, and the list they leave. */
import { useEffect } from "react";
import { useText } from "../i18n/index.ts";
import { listKind, usePlace } from "../lib/place.ts";
import { showView } from "../live/load.ts";
import { useScreen } from "../live/store.ts";
import { viewKey } from "../live/views.ts";
import { ConversationList } from "./conversation-list.tsx";
import { Filters } from "./filters.tsx";
import { MetricsLine } from "./metrics-line.tsx";
import { SearchField } from "./search-field.tsx";

export function InboxPage({ hiddenOnPhone, operatorId }: { hiddenOnPhone: boolean; operatorId: string }) {
  const text = useText();
  const place = usePlace();
  const { search, queue } = place;
  const kind = listKind(place);
  const key = viewKey(kind, search);
  const isMissing = useScreen((state) => !state.views[key]);
  const isLoaded = useScreen((state) => state.live.cursor !== null);
  // Again when the first load is done, or a reload has dropped the view.
  useEffect(() => {
    showView(kind, search, isMissing && isLoaded);
  }, [kind, search, isMissing, isLoaded]);
  return (
    <section
      aria-label={text("conversations")}
      className={`${hiddenOnPhone ? "hidden sm:flex" : "flex"} min-h-0 w-full flex-col border-line bg-surface sm:border-e sm:w-80 sm:shrink-0 lg:w-96`}
    >
      <header className="flex flex-col gap-2.5 px-4 pt-3 pb-2.5">
        <div className="flex flex-wrap items-baseline justify-between gap-x-3">
          <h1 className="whitespace-nowrap font-semibold text-xl">{text(queue ? "nav_waiting" : "inbox_title")}</h1>
          <MetricsLine />
        </div>
        {!queue && (
          <>
            <SearchField />
            <Filters />
          </>
        )}
      </header>
      <ConversationList viewKey={key} operatorId={operatorId} />
    </section>
  );
}
