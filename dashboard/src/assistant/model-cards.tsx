/** The model behind the assistant, and what it may cost. */
import { useState } from "react";
import type { Scope } from "../api/assistant.ts";
import { useText } from "../i18n/office.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { useSettingsForm } from "./form.ts";
import { problemAt } from "./problems.ts";
import { Card, NumberSetting, SwitchSetting, WordsSetting } from "./setting.tsx";
import { originOf } from "./tool-draft.ts";

const MILLION = 1_000_000;
/** Of the account's currency: as much as the server takes. */
const MONEY_MAX = 1_000_000;

interface ModelCardProps {
  scope: Pick<Scope, "effective" | "has_model_key" | "has_own_model_key">;
  /** What is typed: undefined leaves the key as it is, null takes it away. */
  modelKey: string | null | undefined;
  onKey: (modelKey: string | null | undefined) => void;
}

export function ModelCard(props: ModelCardProps) {
  const text = useText();
  return (
    <Card title={text("model")} hint={text("model_hint")}>
      <div className="grid gap-4 sm:grid-cols-2">
        <WordsSetting path="model.base_url" label="model_base_url" placeholder="https://models.example/v1" />
        <WordsSetting path="model.name" label="model_name" />
        <KeyField {...props} />
        <WordsSetting path="model.transcription" label="model_transcription" hint="model_transcription_hint" />
      </div>
      <SwitchSetting path="model.sees" label="model_sees" />
      <div className="flex flex-wrap gap-4">
        <NumberSetting path="model.timeout_seconds" label="model_timeout" min={1} max={60} />
        <NumberSetting path="model.answer_tokens_max" label="model_tokens_max" min={16} max={8000} />
        <NumberSetting
          path="model.micros_per_million_in"
          label="model_price_in"
          min={0}
          max={MONEY_MAX}
          step={0.01}
          scale={MILLION}
        />
        <NumberSetting
          path="model.micros_per_million_out"
          label="model_price_out"
          min={0}
          max={MONEY_MAX}
          step={0.01}
          scale={MILLION}
        />
      </div>
    </Card>
  );
}

/** It can be written and taken away, and is never shown. */
function KeyField({ scope, modelKey, onKey }: ModelCardProps) {
  const text = useText();
  const hasKey = scope.has_own_model_key;
  const { canChange, settings, problems } = useSettingsForm();
  const [isNew, renew] = useState(false);
  // A key is for one server, and is told to no other.
  const isForOther =
    scope.has_model_key && originOf(settings.model.base_url) !== originOf(scope.effective.model.base_url);
  const isBelow = scope.has_model_key && !hasKey && !isForOther;
  const isKept = hasKey && modelKey !== null && !isNew && !isForOther;
  if (isKept) {
    return (
      <div>
        <p className="mb-1 font-medium text-ink-soft text-xs">{text("model_key")}</p>
        <p data-testid="model-key-kept" className="flex flex-wrap items-center gap-2 text-sm">
          {text("model_key_kept")}
          <Button testId="model-key-renew" disabled={!canChange} onClick={() => renew(true)}>
            {text("change")}
          </Button>
          <Button look="danger" testId="model-key-remove" disabled={!canChange} onClick={() => onKey(null)}>
            {text("remove")}
          </Button>
        </p>
      </div>
    );
  }
  return (
    <Field
      label={text("model_key")}
      value={modelKey ?? ""}
      onChange={(typed) => onKey(typed || (modelKey === null ? null : undefined))}
      type="password"
      hint={text(hintOf(hasKey && modelKey === null, isForOther, isBelow))}
      error={problemAt(problems, "model_key")}
      testId="model-key"
      disabled={!canChange}
    />
  );
}

function hintOf(isGoing: boolean, isForOther: boolean, isBelow: boolean) {
  if (isGoing) return "model_key_going";
  if (isForOther) return "model_key_elsewhere";
  return isBelow ? "model_key_below" : "model_key_hint";
}

export function LimitsCard() {
  const text = useText();
  return (
    <Card title={text("limits")} hint={text("limits_hint")}>
      <div className="flex flex-wrap gap-4">
        <NumberSetting path="limits.turns_per_day" label="limit_turns" min={0} max={1_000_000_000} />
        <NumberSetting path="limits.tokens_per_day" label="limit_tokens" min={0} max={1_000_000_000_000} />
        <NumberSetting
          path="limits.micros_per_day"
          label="limit_spending"
          min={0}
          max={MONEY_MAX}
          step={0.01}
          scale={MILLION}
        />
      </div>
    </Card>
  );
}
