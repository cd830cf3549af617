/** Who changed an entry, when, and to what. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type EntryChange, entryChanges } from "../api/knowledge.ts";
import { useLanguage } from "../i18n/index.ts";
import { useText } from "../i18n/office.ts";
import { languageName } from "../lib/languages.ts";
import { moment } from "../lib/time.ts";
import { Failed } from "../ui/failed.tsx";
import { Loading } from "../ui/loading.tsx";

export function EntryHistory({ entry_id }: { entry_id: string }) {
  const text = useText();
  const [isOpen, open] = useState(false);
  return (
    <details data-testid="entry-history" className="text-sm" onToggle={(event) => open(event.currentTarget.open)}>
      <summary className="cursor-pointer text-ink-soft">{text("entry_history")}</summary>
      {isOpen && <Changes entry_id={entry_id} />}
    </details>
  );
}

function Changes({ entry_id }: { entry_id: string }) {
  const text = useText();
  const { data, isError, refetch } = useQuery({
    queryKey: ["entry changes", entry_id],
    queryFn: () => entryChanges(entry_id),
  });
  if (isError) return <Failed words={text("entry_history_failed")} onAgain={() => void refetch()} />;
  if (!data) return <Loading />;
  const changes = data.changes.toSorted((one, other) => other.version - one.version);
  return (
    <ol className="mt-2 max-h-64 space-y-2 overflow-y-auto">
      {changes.map((change) => (
        <Change key={change.version} change={change} />
      ))}
    </ol>
  );
}

function Change({ change }: { change: EntryChange }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const { operator_name, changed_at, from_message, entry } = change;
  return (
    <li className="border-line border-s-2 ps-3" data-testid="entry-change">
      <p className="text-ink-faint text-xs">
        <bdi>{operator_name ?? text("somebody")}</bdi> · {moment(language, changed_at)}
        {from_message && ` · ${text("origin_taught")}`}
        {entry.archived && ` · ${text("archived")}`}
      </p>
      <p dir="auto" className="plain-beside font-medium wrap-anywhere">
        {entry.question}
      </p>
      {Object.entries(entry.answers).map(([code, answer]) => (
        <p key={code} dir="auto" className="plain-beside whitespace-pre-wrap text-ink-soft wrap-anywhere">
          <span className="text-ink-faint text-xs">{languageName(language, code)}: </span>
          <bdi>{answer}</bdi>
        </p>
      ))}
    </li>
  );
}
