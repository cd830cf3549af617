/** One entry: written, changed, archived; with its history. A change that somebody else made meanwhile is shown first. */
import { type FormEvent, type ReactNode, useState } from "react";
import type { Entry } from "../api/knowledge.ts";
import { useReason } from "../content/reasons.ts";
import { useText } from "../i18n/office.ts";
import { useKept } from "../live/kept.ts";
import { Conflict } from "../teaching/conflict.tsx";
import { blankDraft, draftOfEntry, type EntryDraft, wordsOf } from "../teaching/entry-draft.ts";
import { EntryFields } from "../teaching/entry-fields.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { EntryHistory } from "./entry-history.tsx";
import { useEntrySaving } from "./entry-saving.ts";

/** A question that customers asked in vain, and that a new entry is to settle. */
export interface Asked {
  group_id: string;
  question: string;
  phrasings: string[];
  language: string | null;
}

interface EntryDialogProps {
  /** Null for a new one. */
  entry: Entry | null;
  asked?: Asked;
  topics: string[];
  onClose: () => void;
}

interface Begun {
  draft: EntryDraft;
  /** Of the entry when it was begun to be changed. */
  version: number;
}

export function EntryDialog({ entry, asked, topics, onClose }: EntryDialogProps) {
  const text = useText();
  const { draft, version, words, saving, ...form } = useEntryForm(entry, asked, onClose);
  const { theirs, busy, failure, isConflict } = saving;
  const conflict = isConflict && (
    <Conflict theirs={theirs} busy={busy} onMine={form.saveMine} onTheirs={form.beginFromTheirs} />
  );
  return (
    <Dialog title={text(entry ? "entry_change" : "entry_add")} testId="entry-dialog" onClose={onClose} wide>
      <form onSubmit={form.submit} className="space-y-4">
        <Origin entry={entry} />
        <EntryFields
          key={version}
          draft={draft}
          onChange={form.changeDraft}
          language={asked?.language === "arabizi" ? "ar" : (asked?.language ?? null)}
          topics={topics}
        />
        {entry && <EntryHistory entry_id={entry.entry_id} />}
        <Foot
          failure={isConflict ? null : failure}
          conflict={conflict}
          canSave={words !== null && !busy && !isConflict}
          onDiscard={form.isKept && !busy && !isConflict ? form.discard : null}
          archive={
            entry && (
              <Archive
                isArchived={entry.archived}
                busy={busy || isConflict}
                onArchive={saving.archive}
                onRestore={words && (() => saving.restore(words, version))}
              />
            )
          }
        />
      </form>
    </Dialog>
  );
}

/** What stands in the form, and what becomes of it. */
function useEntryForm(entry: Entry | null, asked: Asked | undefined, onClose: () => void) {
  const kept = useKept<Begun>(nameOf(entry, asked), () => begunFrom(entry, asked));
  const { draft, version } = kept.value;
  const done = () => {
    kept.forget();
    onClose();
  };
  const saving = useEntrySaving(entry, asked?.group_id ?? null, done);
  const { theirs } = saving;
  const words = wordsOf(draft);
  const begin = (begun: Begun) => {
    kept.change(begun);
    saving.forgive();
  };
  return {
    draft,
    version,
    words,
    saving,
    isKept: kept.isKept,
    changeDraft: (changed: EntryDraft) => kept.change({ draft: changed, version }),
    submit: (event: FormEvent) => {
      event.preventDefault();
      if (words) saving.save(words, version);
    },
    saveMine: () => {
      if (!theirs || !words) return;
      begin({ draft, version: theirs.version });
      saving.save(words, theirs.version);
    },
    beginFromTheirs: () => theirs && begin({ draft: draftOfEntry(theirs), version: theirs.version }),
    discard: () => {
      kept.discard();
      saving.forgive();
    },
  };
}

function begunFrom(entry: Entry | null, asked: Asked | undefined): Begun {
  const draft = entry ? draftOfEntry(entry) : blankDraft(asked?.question, asked?.phrasings);
  return { draft, version: entry?.version ?? 0 };
}

function nameOf(entry: Entry | null, asked: Asked | undefined): string {
  if (entry) return `entry ${entry.entry_id}`;
  return asked ? `answer ${asked.group_id}` : "entry";
}

function Origin({ entry }: { entry: Entry | null }) {
  const text = useText();
  if (!entry) return null;
  const words = entry.document
    ? text("entry_passage", { document: `\u2068${entry.document.name}\u2069` })
    : entry.from_message
      ? text("origin_taught")
      : null;
  return words && <p className="text-ink-faint text-xs">{words}</p>;
}

interface FootProps {
  conflict: ReactNode;
  failure: Parameters<typeof useReason>[1];
  canSave: boolean;
  /** Null while there is nothing to discard. */
  onDiscard: (() => void) | null;
  archive: ReactNode;
}

function Foot({ conflict, failure, canSave, onDiscard, archive }: FootProps) {
  const text = useText();
  const reason = useReason("failure", failure);
  return (
    <div className="sticky -bottom-4 flex flex-wrap items-center justify-end gap-2 bg-surface py-2 sm:-bottom-5">
      {reason && (
        <p role="alert" data-testid="entry-failure" className="min-w-full text-bad text-xs">
          {text("not_saved", { reason })}
        </p>
      )}
      {conflict}
      <span className="me-auto">{archive}</span>
      {onDiscard && (
        <Button testId="entry-discard" onClick={onDiscard}>
          {text("discard")}
        </Button>
      )}
      <Button type="submit" look="primary" testId="entry-save" disabled={!canSave}>
        {text("save")}
      </Button>
    </div>
  );
}

interface ArchiveProps {
  isArchived: boolean;
  busy: boolean;
  onArchive: () => void;
  /** Null while the entry lacks something. */
  onRestore: (() => void) | null;
}

/** Asked once more: the assistant does not say it any longer. It can be brought back. */
function Archive({ isArchived, busy, onArchive, onRestore }: ArchiveProps) {
  const text = useText();
  const [isConfirming, confirm] = useState(false);
  if (isArchived) {
    return (
      <Button testId="entry-restore" disabled={busy || !onRestore} onClick={() => onRestore?.()}>
        {text("entry_restore")}
      </Button>
    );
  }
  if (!isConfirming) {
    return (
      <Button look="danger" testId="entry-archive" disabled={busy} onClick={() => confirm(true)}>
        {text("entry_archive")}
      </Button>
    );
  }
  return (
    <span className="flex flex-wrap items-center gap-2 text-sm">
      {text("entry_archive_confirm")}
      <Button look="danger" testId="entry-archive-confirm" disabled={busy} onClick={onArchive}>
        {text("entry_archive")}
      </Button>
      <Button onClick={() => confirm(false)}>{text("cancel")}</Button>
    </span>
  );
}
