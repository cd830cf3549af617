/** One entry in the list: what is asked, what is answered, in which languages, and since when. */
import { FileText, GraduationCap } from "lucide-react";
import type { Entry } from "../api/knowledge.ts";
import { useLanguage } from "../i18n/index.ts";
import { useText } from "../i18n/office.ts";
import { languageMark } from "../lib/languages.ts";
import { useNow } from "../lib/now.ts";
import { listTime, moment } from "../lib/time.ts";

export function EntryRow({ entry, onOpen }: { entry: Entry; onOpen: () => void }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const now = useNow();
  const { question, answers, topic, document, origin, archived, updated_at } = entry;
  const [answer = ""] = Object.values(answers);
  return (
    <button
      type="button"
      data-testid="entry"
      data-entry-id={entry.entry_id}
      onClick={onOpen}
      className="block w-full px-4 py-3 text-start hover:bg-raised"
    >
      <span className="flex items-baseline gap-2">
        <span dir="auto" className="plain-line min-w-0 flex-1 font-medium">
          {question}
        </span>
        <time dateTime={updated_at} title={moment(language, updated_at)} className="shrink-0 text-ink-faint text-xs">
          {listTime(language, updated_at, now)}
        </time>
      </span>
      <span dir="auto" className="plain-line block text-ink-soft text-sm">
        {answer}
      </span>
      <span className="mt-1 flex flex-wrap items-center gap-1.5 text-ink-faint text-xs">
        {archived && <span className="rounded-full bg-warn-soft px-2 text-warn">{text("archived")}</span>}
        {topic && <bdi className="rounded-full bg-raised px-2 text-ink-soft">{topic}</bdi>}
        {Object.keys(answers).map((code) => (
          <span key={code} dir="ltr">
            {languageMark(code)}
          </span>
        ))}
        {origin === "taught" && <GraduationCap role="img" aria-label={text("origin_taught")} className="size-3.5" />}
        {document && (
          <span className="flex min-w-0 items-center gap-1">
            <FileText aria-hidden="true" className="size-3.5 shrink-0" />
            <bdi className="truncate">{document.name}</bdi>
          </span>
        )}
      </span>
    </button>
  );
}
