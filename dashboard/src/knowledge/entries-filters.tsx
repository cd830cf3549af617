/** What of the entries is looked at: words in them, one topic, and the archive. */
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { useText } from "../i18n/office.ts";

const DEBOUNCE_MS = 250;

export interface EntriesFilter {
  search: string;
  topic: string;
  archived: boolean;
  /** Passages of documents among them. */
  passages: boolean;
  /** Only those of this document. */
  document_id: string | null;
}

interface FiltersProps {
  filter: EntriesFilter;
  topics: string[];
  onChange: (filter: EntriesFilter) => void;
}

export function EntriesFilters({ filter, topics, onChange }: FiltersProps) {
  const text = useText();
  const [typed, type] = useState(filter.search);
  useEffect(() => {
    if (typed.trim() === filter.search) return;
    const timer = setTimeout(() => onChange({ ...filter, search: typed.trim() }), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [typed, filter, onChange]);
  return (
    <>
      <label className="flex h-10 min-w-48 flex-1 items-center gap-2 rounded-xl border border-transparent bg-raised px-3 focus-within:border-accent">
        <Search aria-hidden="true" className="size-4 shrink-0 text-ink-faint" />
        <input
          type="search"
          dir={typed ? "auto" : undefined}
          value={typed}
          data-testid="entries-search"
          aria-label={text("entries_search")}
          placeholder={text("entries_search")}
          onChange={(event) => type(event.target.value)}
          className="plain-direction min-w-0 flex-1 bg-transparent text-sm placeholder:text-ink-faint"
        />
      </label>
      <select
        aria-label={text("entry_topic")}
        data-testid="entries-topic"
        value={filter.topic}
        onChange={(event) => onChange({ ...filter, topic: event.target.value })}
        className="h-10 max-w-48 rounded-xl bg-raised px-3 text-sm"
      >
        <option value="">{text("topics_all")}</option>
        {topics.map((topic) => (
          <option key={topic} value={topic}>
            {topic}
          </option>
        ))}
      </select>
      {!filter.document_id && (
        <Check
          label={text("entries_passages")}
          testId="entries-passages"
          isOn={filter.passages}
          onChange={(passages) => onChange({ ...filter, passages })}
        />
      )}
      <Check
        label={text("archive")}
        testId="entries-archived"
        isOn={filter.archived}
        onChange={(archived) => onChange({ ...filter, archived })}
      />
    </>
  );
}

interface CheckProps {
  label: string;
  testId: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

function Check({ label, testId, isOn, onChange }: CheckProps) {
  return (
    <label className="flex h-10 cursor-pointer items-center gap-2 rounded-xl px-2 text-ink-soft text-sm">
      <input
        type="checkbox"
        checked={isOn}
        data-testid={testId}
        onChange={(event) => onChange(event.target.checked)}
        className="size-4 accent-accent"
      />
      {label}
    </label>
  );
}
