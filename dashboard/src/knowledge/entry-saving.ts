/** Saving, archiving and bringing back an entry; of a conflict, what the others have made of it. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { addEntry, archiveEntry, changeEntry, type Entry, type EntryWords, entryChanges } from "../api/knowledge.ts";
import { object } from "../content/reading.ts";
import { useAsking } from "../lib/asking.ts";

export function useEntrySaving(entry: Entry | null, answers_group: string | null, done: () => void) {
  const { ask, busy, failure, forgive } = useAsking();
  const [theirs, showTheirs] = useState<Entry | null>(null);
  /** Whether it shall stand in the archive, as it was asked last. */
  const [archived, want] = useState(entry?.archived ?? false);
  const queries = useQueryClient();
  const finish = async (request: () => Promise<unknown>) => {
    if ((await ask(request)) === null) return;
    done();
    await Promise.all(
      [["entries"], ["unanswered"], ["entry changes"]].map((queryKey) => queries.invalidateQueries({ queryKey })),
    );
  };
  const save = (words: EntryWords, version: number, isArchived = archived) =>
    finish(async () => {
      if (!entry) return addEntry(words, answers_group);
      want(isArchived);
      try {
        return await changeEntry(entry.entry_id, words, version, isArchived);
      } catch (reason) {
        showTheirs(await newestOf(entry, reason));
        throw reason;
      }
    });
  return {
    save: (words: EntryWords, version: number) => void save(words, version),
    archive: () => entry && void finish(() => archiveEntry(entry.entry_id)),
    /** With what was changed of it. */
    restore: (words: EntryWords, version: number) => void save(words, version, false),
    busy,
    failure,
    forgive,
    theirs,
    isConflict: failure?.code === "newer_version",
  };
}

/** The refusal may bring the entry along; else its history knows it. Null when it was refused for another reason. */
async function newestOf(entry: Entry, reason: unknown): Promise<Entry | null> {
  const { code, body } = object(reason) as { code?: unknown; body?: { entry?: Entry } };
  if (code !== "newer_version") return null;
  if (body?.entry) return body.entry;
  const { changes } = await entryChanges(entry.entry_id);
  const [newest] = changes.toSorted((one, other) => other.version - one.version);
  return newest ? { ...entry, ...newest.entry, version: newest.version, updated_by_name: newest.operator_name } : null;
}
