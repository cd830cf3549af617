/** Somebody else has changed the entry meanwhile: what it says now, and whose version is to stay. Nothing is lost before that. */
import type { Entry } from "../api/knowledge.ts";
import { useText } from "../i18n/desk.ts";
import { useLanguage } from "../i18n/index.ts";
import { languageName } from "../lib/languages.ts";
import { Button } from "../ui/button.tsx";

interface ConflictProps {
  /** Null while it is read, or when it is gone. */
  theirs: Entry | null;
  busy: boolean;
  onMine: () => void;
  onTheirs: () => void;
}

export function Conflict({ theirs, busy, onMine, onTheirs }: ConflictProps) {
  const text = useText();
  const page = useLanguage((state) => state.language);
  return (
    <div role="alert" data-testid="conflict" className="w-full space-y-2 rounded-2xl bg-warn-soft p-3 text-sm">
      <p className="font-medium text-warn">
        {theirs?.updated_by_name
          ? text("conflict_by", { name: `\u2068${theirs.updated_by_name}\u2069` })
          : text("conflict")}
      </p>
      {theirs && (
        <div className="max-h-[20dvh] overflow-y-auto">
          <p dir="auto" className="plain-beside font-medium wrap-anywhere">
            {theirs.question}
          </p>
          {theirs.archived && <p className="text-warn">{text("entry_gone")}</p>}
          {Object.entries(theirs.answers).map(([language, answer]) => (
            <p key={language} dir="auto" className="plain-beside whitespace-pre-wrap text-ink-soft wrap-anywhere">
              <span className="text-ink-faint text-xs">{languageName(page, language)}: </span>
              <bdi>{answer}</bdi>
            </p>
          ))}
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" testId="conflict-mine" disabled={busy || !theirs} onClick={onMine}>
          {text("conflict_mine")}
        </Button>
        <Button testId="conflict-theirs" disabled={busy || !theirs} onClick={onTheirs}>
          {text("conflict_theirs")}
        </Button>
      </div>
    </div>
  );
}
