/** The list: only the rows in sight exist; the next page comes before its end is reached. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import { useText } from "../i18n/index.ts";
import { isTyping } from "../lib/keys.ts";
import { usePlace } from "../lib/place.ts";
import { loadView } from "../live/load.ts";
import { useScreen } from "../live/store.ts";
import { idsOfView, newView, type View } from "../live/views.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { ConversationRow } from "./conversation-row.tsx";

const ROW_HEIGHT = 74;
/** Rows from the end at which the next page is asked for. */
const ROWS_AHEAD = 12;

export function ConversationList({ viewKey, operatorId }: { viewKey: string; operatorId: string }) {
  const view = useScreen((state) => state.views[viewKey]) ?? newView(null, "");
  const ids = useViewIds(view);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => ids[index] as string,
    overscan: 8,
  });
  const rows = virtual.getVirtualItems();
  useNextPage(view, rows.at(-1)?.index ?? 0, ids.length);
  useListKeys(ids, (index) => virtual.scrollToIndex(index));
  const { selected } = usePlace();
  return (
    <div
      ref={scroller}
      data-testid="conversation-list"
      data-loaded={view.horizon !== null}
      data-count={ids.length}
      className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-2"
    >
      <ul className="relative w-full" style={{ height: virtual.getTotalSize() }}>
        {rows.map(({ key, index, start }) => (
          <li
            key={key}
            aria-setsize={view.has_more ? -1 : ids.length}
            aria-posinset={index + 1}
            className="absolute inset-x-0 top-0"
            style={{ height: ROW_HEIGHT, transform: `translateY(${start}px)` }}
          >
            <ConversationRow
              id={ids[index] as string}
              isSelected={selected?.conversation_id === ids[index]}
              operatorId={operatorId}
              isQueued={view.status === "queue"}
            />
          </li>
        ))}
      </ul>
      <ListEnd view={view} isEmpty={ids.length === 0} />
    </div>
  );
}

function useViewIds(view: View): string[] {
  const order = useScreen((state) => state.live.order);
  const conversations = useScreen((state) => state.live.conversations);
  return useMemo(() => idsOfView({ order, conversations }, view), [order, conversations, view]);
}

function useNextPage(view: View, lastShown: number, count: number): void {
  const { status, search, loading, failed, has_more, horizon } = view;
  const wanted = horizon !== null && has_more && !loading && !failed && lastShown >= count - ROWS_AHEAD;
  useEffect(() => {
    if (wanted) void loadView(status, search);
  }, [wanted, status, search]);
}

/** J, K and the arrows go through the list. */
function useListKeys(ids: string[], show: (index: number) => void): void {
  const { selected, go } = usePlace();
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const step = { j: 1, J: 1, ArrowDown: 1, k: -1, K: -1, ArrowUp: -1 }[event.key];
      // Inside the messages the arrows scroll, as anywhere else.
      const scrolls =
        event.key.startsWith("Arrow") && (event.target as HTMLElement).closest("[data-testid=message-list]");
      if (!step || scrolls || ids.length === 0) return;
      event.preventDefault();
      const from = selected ? ids.indexOf(selected.conversation_id) : -1;
      const index = Math.min(ids.length - 1, Math.max(0, from + step));
      const row = useScreen.getState().live.conversations[ids[index] as string];
      if (!row) return;
      go({ selected: { user_id: row.user_id, conversation_id: row.conversation_id } }, selected !== null);
      show(index);
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [ids, selected, go, show]);
}

function ListEnd({ view, isEmpty }: { view: View; isEmpty: boolean }) {
  const state = view.failed ? "failed" : view.loading ? "loading" : view.has_more ? "more" : "complete";
  return (
    <div data-testid="load-state" data-state={state}>
      <ListEndText view={view} isEmpty={isEmpty} />
    </div>
  );
}

function ListEndText({ view, isEmpty }: { view: View; isEmpty: boolean }) {
  const text = useText();
  if (view.failed) {
    return (
      <EmptyState title={text("list_failed")}>
        <Button onClick={() => void loadView(view.status, view.search, view.horizon === null)}>
          {text("try_again")}
        </Button>
      </EmptyState>
    );
  }
  if (view.loading || view.horizon === null) return isEmpty ? <Skeleton /> : null;
  if (!isEmpty || view.has_more) return null;
  if (view.search) return <EmptyState title={text("list_empty_search", { search: view.search })} />;
  if (view.status) return <EmptyState title={text("list_empty_filter")} />;
  return <EmptyState title={text("list_empty")} detail={text("list_empty_detail")} />;
}

function Skeleton() {
  return (
    <div aria-hidden="true">
      {["a", "b", "c", "d", "e", "f"].map((key) => (
        <div key={key} className="flex h-[74px] items-center gap-3 px-2">
          <div className="size-12 rounded-full bg-raised" />
          <div className="flex-1 space-y-2">
            <div className="h-3 w-2/5 rounded bg-raised" />
            <div className="h-3 w-4/5 rounded bg-raised" />
          </div>
        </div>
      ))}
    </div>
  );
}
