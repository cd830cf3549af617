/** Saving settings. After a conflict those of the others are read, and nothing of one's own is dropped. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { changeSettings, type SettingsChange } from "../api/assistant.ts";
import { useAsking } from "../lib/asking.ts";

const KEY = ["assistant settings"];

export function useSettingsSaving(channel_id: string | null, onSaved: () => void) {
  const { ask, busy, failure, forgive } = useAsking();
  const [isSaved, note] = useState(false);
  const queries = useQueryClient();
  const save = async ({ model_key, ...change }: Omit<SettingsChange, "channel_id">) => {
    note(false);
    const asked = { channel_id, ...change, ...(model_key === undefined ? {} : { model_key }) };
    const answer = await ask(() => changeSettings(asked));
    await queries.invalidateQueries({ queryKey: KEY });
    if (answer === null) return;
    onSaved();
    note(true);
  };
  return {
    save: (change: Omit<SettingsChange, "channel_id">) => void save(change),
    busy,
    failure,
    forgive,
    isSaved,
    isConflict: failure?.code === "newer_version",
  };
}
