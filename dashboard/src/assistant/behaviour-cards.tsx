/** How far the assistant goes: whether it answers, how sure it must be, how it speaks, and what it helps people with. */
import type { AssistantMode } from "../api/assistant.ts";
import { useText } from "../i18n/office.ts";
import { useSetting } from "./form.ts";
import { Card, ChoiceSetting, Differs, LinesSetting, NumberSetting, SwitchSetting, WordsSetting } from "./setting.tsx";

/** It is read with every question. */
const PERSONA_CHARACTERS_MAX = 4000;
const MODES: AssistantMode[] = ["off", "shadow", "auto"];

export function ModeCard() {
  const text = useText();
  const { value, change, disabled } = useSetting<AssistantMode>("mode");
  return (
    <Card title={text("mode")}>
      <fieldset className="grid gap-2 sm:grid-cols-3" disabled={disabled}>
        <legend className="sr-only">{text("mode")}</legend>
        {MODES.map((mode) => (
          <label
            key={mode}
            className="cursor-pointer rounded-2xl border-2 border-line p-3 has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <span className="flex items-center gap-2 font-medium text-sm">
              <input
                type="radio"
                name="mode"
                checked={value === mode}
                data-testid={`mode-${mode}`}
                onChange={() => change(mode)}
                className="accent-accent"
              />
              {text(`mode_${mode}`)}
            </span>
            <span className="mt-1 block text-ink-faint text-xs">{text(`mode_${mode}_hint`)}</span>
          </label>
        ))}
      </fieldset>
      <Differs path="mode" />
      <SwitchSetting path="copilot" label="setting_copilot" hint="setting_copilot_hint" />
    </Card>
  );
}

export function MannerCard() {
  const text = useText();
  return (
    <Card title={text("manner")}>
      <WordsSetting
        path="persona"
        label="persona"
        hint="persona_hint"
        lines={4}
        characters_max={PERSONA_CHARACTERS_MAX}
      />
      <div className="flex flex-wrap gap-4">
        <NumberSetting
          path="quiet_seconds"
          label="quiet_seconds"
          hint="quiet_seconds_hint"
          min={0}
          max={30}
          step={0.5}
        />
        <NumberSetting
          path="burst_seconds"
          label="burst_seconds"
          hint="burst_seconds_hint"
          min={0}
          max={60}
          step={0.5}
        />
        <NumberSetting path="answer_characters_max" label="answer_characters_max" min={100} max={4096} />
      </div>
    </Card>
  );
}

export function TrustCard() {
  const text = useText();
  return (
    <Card title={text("trust")} hint={text("trust_hint")}>
      <div className="flex flex-wrap gap-4">
        <NumberSetting path="confident_from" label="confident_from" hint="confident_from_hint" min={0} max={100} />
        <NumberSetting path="agreement_from" label="agreement_from" hint="agreement_from_hint" min={0} max={100} />
        <NumberSetting path="agreement_samples" label="agreement_samples" min={1} max={1000} />
      </div>
    </Card>
  );
}

export function RulesCard() {
  const text = useText();
  return (
    <Card title={text("rules")} hint={text("rules_hint")}>
      <LinesSetting path="rules.keywords" label="rule_keywords" hint="one_per_line" />
      <LinesSetting path="rules.vip_tags" label="rule_vip_tags" hint="one_per_line" />
      <SwitchSetting path="rules.upset" label="rule_upset" />
    </Card>
  );
}

export function SilenceCard() {
  const text = useText();
  return (
    <Card title={text("silence")} hint={text("silence_hint")}>
      <div className="flex flex-wrap gap-4">
        <NumberSetting path="rules.idle_minutes" label="rule_idle_minutes" hint="rule_idle_hint" min={0} max={43_200} />
        <ChoiceSetting
          path="rules.idle_move"
          label="rule_idle_move"
          choices={[
            { value: "end", label: "idle_end" },
            { value: "release", label: "idle_release" },
          ]}
        />
      </div>
    </Card>
  );
}
