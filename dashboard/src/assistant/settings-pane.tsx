/** The settings of the account or of one number, as a form that saves only what differs. */
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Own, Scope, Settings } from "../api/assistant.ts";
import { useReason } from "../content/reasons.ts";
import { useText } from "../i18n/office.ts";
import { useKept } from "../live/kept.ts";
import { Button } from "../ui/button.tsx";
import { MannerCard, ModeCard, RulesCard, SilenceCard, TrustCard } from "./behaviour-cards.tsx";
import { differences, equal, laidOver, rebased } from "./differences.ts";
import { FormContext } from "./form.ts";
import { HoursCard } from "./hours-card.tsx";
import { LimitsCard, ModelCard } from "./model-cards.tsx";
import { useOwnProblems, useProblems } from "./problems.ts";
import { useSettingsSaving } from "./settings-saving.ts";
import { TextsCard } from "./texts-card.tsx";

interface SettingsPaneProps {
  channel_id: string | null;
  scope: Scope;
  /** What holds where nothing is set here. */
  below: Settings;
  canChange: boolean;
}

interface Begun {
  own: Own;
  /** The settings when they were begun to be changed, and their version. */
  base: Own;
  version: number;
}

export function SettingsPane({ channel_id, scope, below, canChange }: SettingsPaneProps) {
  const text = useText();
  const { begun, form, isChanged, ...pane } = usePane({ channel_id, scope, below, canChange });
  const whole = useRef<HTMLFormElement>(null);
  const { failure } = pane.saving;
  // Whoever is refused something goes on where it stands.
  useEffect(() => {
    if (failure) firstWrong(whole.current)?.focus();
  }, [failure]);
  const lead = channel_id ? "settings_number_lead" : "settings_lead";
  return (
    <FormContext value={form}>
      <form
        ref={whole}
        data-testid="settings-form"
        // Each field says by itself what is wrong with it.
        noValidate
        className="space-y-4"
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          const wrong = firstWrong(event.currentTarget);
          if (wrong) wrong.focus();
          else pane.save(begun.own, begun.version);
        }}
      >
        <p className="text-ink-soft text-sm">{text(canChange ? lead : "settings_read_only")}</p>
        <Cards key={pane.round} scope={scope} modelKey={pane.modelKey} onKey={pane.typeKey} />
        {canChange && (
          <SaveBar isChanged={isChanged} saving={pane.saving} onMine={pane.saveMine} onDiscard={pane.discard} />
        )}
      </form>
    </FormContext>
  );
}

function firstWrong(form: HTMLFormElement | null): HTMLElement | null {
  return form?.querySelector<HTMLElement>("[aria-invalid=true]") ?? null;
}

/** What was changed and not saved yet, and what becomes of it. */
function usePane({ channel_id, scope, below, canChange }: SettingsPaneProps) {
  const own = differences(scope.settings, below);
  const kept = useKept<Begun | null>(`own settings ${channel_id ?? "account"}`, () => null);
  const begun = kept.value ?? { own, base: own, version: scope.version };
  const [modelKey, typeKey] = useState<string | null | undefined>(undefined);
  const [round, count] = useState(0);
  const finish = () => {
    kept.discard();
    typeKey(undefined);
  };
  const saving = useSettingsSaving(channel_id, finish);
  const settings = laidOver(below, begun.own);
  const refused = useProblems(saving.failure, "settings");
  const problems = { ...refused, ...useOwnProblems(settings) };
  const save = (told: Own, version: number) =>
    saving.save({ settings: differences(told, below), model_key: modelKey, version });
  // What is wrong is wrong with what was sent.
  const retry = () => saving.failure && !saving.isConflict && saving.forgive();
  const change = (changed: Own) => {
    retry();
    kept.change({ ...begun, own: changed });
  };
  return {
    begun,
    form: { settings, own: begun.own, change, isNumber: channel_id !== null, canChange, problems },
    isChanged: !equal(differences(begun.own, below), own) || modelKey !== undefined,
    modelKey,
    typeKey: (typed: string | null | undefined) => {
      retry();
      typeKey(typed);
    },
    saving,
    save,
    /** Only what was changed here is laid over what the others have saved. */
    saveMine: () => save(rebased(begun.own, begun.base, scope.settings), scope.version),
    discard: () => {
      finish();
      saving.forgive();
      count(round + 1);
    },
    /** The fields begin anew with it. */
    round,
  };
}

function Cards({ scope, modelKey, onKey }: Parameters<typeof ModelCard>[0]) {
  return (
    <div className="space-y-4">
      <ModeCard />
      <MannerCard />
      <TrustCard />
      <RulesCard />
      <SilenceCard />
      <HoursCard />
      <TextsCard />
      <ModelCard scope={scope} modelKey={modelKey} onKey={onKey} />
      <LimitsCard />
    </div>
  );
}

interface SaveBarProps {
  isChanged: boolean;
  saving: ReturnType<typeof useSettingsSaving>;
  onMine: () => void;
  onDiscard: () => void;
}

function SaveBar({ isChanged, saving, onMine, onDiscard }: SaveBarProps) {
  const text = useText();
  const { busy, failure, isConflict, isSaved } = saving;
  const reason = useReason("failure", isConflict ? null : failure);
  return (
    <div className="sticky bottom-0 flex flex-wrap items-center justify-end gap-2 rounded-2xl border border-line bg-surface p-3 shadow-lg">
      <p className="min-w-40 flex-1 text-sm" role="status" data-testid="settings-standing">
        {isConflict && <span className="text-warn">{text("settings_conflict")}</span>}
        {reason && <span className="text-bad">{text("not_saved", { reason })}</span>}
        {!failure && isChanged && <span className="text-warn">{text("unsaved")}</span>}
        {!failure && !isChanged && isSaved && <span className="text-accent">{text("saved")}</span>}
      </p>
      {isChanged && (
        <Button testId="settings-discard" disabled={busy} onClick={onDiscard}>
          {text(isConflict ? "conflict_theirs" : "discard")}
        </Button>
      )}
      {isConflict ? (
        <Button look="primary" testId="settings-mine" disabled={busy} onClick={onMine}>
          {text("conflict_mine")}
        </Button>
      ) : (
        <Button type="submit" look="primary" testId="settings-save" disabled={busy || !isChanged}>
          {text("save")}
        </Button>
      )}
    </div>
  );
}
