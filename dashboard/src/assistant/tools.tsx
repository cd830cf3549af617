/** HTTP calls that the assistant may make: for prices, bookings, the state of an order. Their secrets are never shown. */
import { useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { type AssistantSettings, changeTools, type Tool } from "../api/assistant.ts";
import type { ApiError } from "../api/client.ts";
import { useReason } from "../content/reasons.ts";
import { useText } from "../i18n/office.ts";
import { useAsking } from "../lib/asking.ts";
import { newId } from "../lib/id.ts";
import { useKept } from "../live/kept.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { equal } from "./differences.ts";
import { problemsBelow, useProblems } from "./problems.ts";
import { blankTool, draftOfTool, type ToolDraft, toolOf } from "./tool-draft.ts";
import { ToolFields } from "./tool-fields.tsx";

/** More of them than this no model tells apart. */
const TOOLS_MAX = 20;

const KEY = ["assistant settings"];

interface ToolsProps {
  settings: AssistantSettings;
  canChange: boolean;
}

export function Tools({ settings, canChange }: ToolsProps) {
  const text = useText();
  const { shown, isChanged, isStale, ...draft } = useDrafts(settings.tools);
  const { save, busy, failure, forgive, isSaved } = useToolsSaving(settings.account.version, draft.forget);
  const problems = useProblems(failure, "tools");
  const made = shown.map(toolOf);
  const isWhole =
    made.every((tool) => tool !== null) && new Set(shown.map(({ name }) => name.trim())).size === shown.length;
  const change = (next: ToolDraft[]) => {
    forgive();
    draft.change(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isWhole) save(made.filter((tool) => tool !== null));
  };
  return (
    <form onSubmit={submit} className="space-y-4" data-testid="tools-form" noValidate>
      <p className="text-ink-soft text-sm">{text("tools_lead")}</p>
      {shown.length === 0 && <EmptyState title={text("tools_none")} />}
      {shown.map((tool, place) => (
        <ToolFields
          key={tool.id}
          draft={tool}
          disabled={!canChange}
          problems={problemsBelow(problems, String(place))}
          onChange={(changed) => change(shown.with(place, changed))}
          onRemove={() => change(shown.toSpliced(place, 1))}
        />
      ))}
      {canChange && (
        <div className="flex flex-wrap items-center justify-end gap-2 rounded-2xl bg-surface p-3">
          {shown.length < TOOLS_MAX && (
            <Button
              testId="tool-add"
              icon={<Plus aria-hidden="true" />}
              onClick={() => change([...shown, blankTool(newId())])}
            >
              {text("tool_add")}
            </Button>
          )}
          <Standing failure={failure} isChanged={isChanged} isStale={isStale} isSaved={isSaved} />
          {isChanged && (
            <Button testId="tools-discard" disabled={busy} onClick={draft.forget}>
              {text(isStale ? "conflict_theirs" : "discard")}
            </Button>
          )}
          <Button type="submit" look="primary" testId="tools-save" disabled={busy || !isChanged || !isWhole}>
            {text(isStale ? "conflict_mine" : "save")}
          </Button>
        </div>
      )}
    </form>
  );
}

interface StandingProps {
  failure: ApiError | null;
  isChanged: boolean;
  isStale: boolean;
  isSaved: boolean;
}

function Standing({ failure, isChanged, isStale, isSaved }: StandingProps) {
  const text = useText();
  const reason = useReason("failure", failure);
  return (
    <p role="status" data-testid="tools-standing" className="min-w-40 flex-1 text-sm">
      {isStale && <span className="text-warn">{text("settings_conflict")}</span>}
      {!isStale && reason && <span className="text-bad">{text("not_saved", { reason })}</span>}
      {!isStale && !reason && isChanged && <span className="text-warn">{text("unsaved")}</span>}
      {!reason && !isChanged && isSaved && <span className="text-accent">{text("saved")}</span>}
    </p>
  );
}

interface Begun {
  drafts: ToolDraft[];
  /** The tools when they were begun to be changed. */
  base: Tool[];
}

/** What was changed and not saved yet. It outlives the page, but for the secrets, which are written down nowhere. */
function useDrafts(tools: Tool[]) {
  const kept = useKept<Begun | null>("tools", () => null);
  const [secrets, noteSecrets] = useState<Record<string, string | null | undefined>>({});
  const begun = kept.value ?? { drafts: tools.map(draftOfTool), base: tools };
  return {
    shown: begun.drafts.map((draft) => ({ ...draft, secret: secrets[draft.id] })),
    isChanged: kept.value !== null,
    /** Somebody else has changed them meanwhile. */
    isStale: !equal(begun.base, tools),
    change: (next: ToolDraft[]) => {
      noteSecrets(Object.fromEntries(next.map(({ id, secret }) => [id, secret])));
      kept.change({ ...begun, drafts: next.map((draft) => ({ ...draft, secret: undefined })) });
    },
    forget: () => {
      kept.discard();
      noteSecrets({});
    },
  };
}

function useToolsSaving(version: number, onSaved: () => void) {
  const { ask, busy, failure, forgive } = useAsking();
  const [isSaved, note] = useState(false);
  const queries = useQueryClient();
  const save = async (tools: Parameters<typeof changeTools>[0]) => {
    const answer = await ask(() => changeTools(tools, version));
    // After a conflict the newer version is read, so that saving once more is a decision.
    if (answer === null) return void (await queries.invalidateQueries({ queryKey: KEY }));
    queries.setQueryData<AssistantSettings>(
      KEY,
      (known) => known && { ...known, tools: answer.tools, account: { ...known.account, version: answer.version } },
    );
    onSaved();
    note(true);
  };
  return { save: (tools: Parameters<typeof changeTools>[0]) => void save(tools), busy, failure, forgive, isSaved };
}
