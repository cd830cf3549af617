/** The questions and answers, to be looked through, changed and added to. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { type Entry, entriesPage } from "../api/knowledge.ts";
import { useText } from "../i18n/office.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Failed } from "../ui/failed.tsx";
import { Loading } from "../ui/loading.tsx";
import { type EntriesFilter, EntriesFilters } from "./entries-filters.tsx";
import { EntryDialog } from "./entry-dialog.tsx";
import { EntryRow } from "./entry-row.tsx";

const EVERYTHING: EntriesFilter = { search: "", topic: "", archived: false, passages: false, document_id: null };

export function Entries({ document_id = null }: { document_id?: string | null }) {
  const text = useText();
  const [filter, changeFilter] = useState({ ...EVERYTHING, document_id, passages: document_id !== null });
  const [opened, open] = useState<Entry | "new" | null>(null);
  const found = useEntries(filter);
  const pages = found.data?.pages ?? [];
  const entries = pages.flatMap((page) => page.entries);
  const topics = pages[0]?.topics ?? [];
  const total = pages[0]?.total ?? 0;
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-2">
        <EntriesFilters filter={filter} topics={topics} onChange={changeFilter} />
        {!document_id && (
          <Button look="primary" testId="entry-add" icon={<Plus aria-hidden="true" />} onClick={() => open("new")}>
            {text("entry_add")}
          </Button>
        )}
      </div>
      {found.isError && <Failed words={text("entries_failed")} onAgain={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {found.data && (
        <p data-testid="entries-total" className="text-ink-faint text-xs">
          {text("entries_total", { count: total })}
        </p>
      )}
      {found.data && entries.length === 0 && <Nothing filter={filter} />}
      <ul className="divide-y divide-line overflow-hidden rounded-2xl bg-surface">
        {entries.map((entry) => (
          <li key={entry.entry_id}>
            <EntryRow entry={entry} onOpen={() => open(entry)} />
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <div className="rounded-2xl bg-surface p-2 text-center">
          <Button testId="entries-more" disabled={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {text("more")}
          </Button>
        </div>
      )}
      {opened && (
        <EntryDialog
          key={opened === "new" ? "new" : opened.entry_id}
          entry={opened === "new" ? null : opened}
          topics={topics}
          onClose={() => open(null)}
        />
      )}
    </div>
  );
}

function useEntries(filter: EntriesFilter) {
  return useInfiniteQuery({
    queryKey: ["entries", filter],
    queryFn: ({ pageParam }) => entriesPage({ ...filter, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: (before) => before,
  });
}

function Nothing({ filter }: { filter: EntriesFilter }) {
  const text = useText();
  if (filter.search) return <EmptyState title={text("list_empty_search", { search: filter.search })} />;
  if (filter.topic || filter.archived) return <EmptyState title={text("list_empty_filter")} />;
  return <EmptyState title={text("entries_none")} detail={text("entries_none_detail")} />;
}
