/** What customers are told when people are called, in each language. */
import { useText } from "../i18n/office.ts";
import { writtenAnswers } from "../teaching/entry-draft.ts";
import { TextTabs } from "../teaching/text-tabs.tsx";
import { useSetting } from "./form.ts";
import { Card, Differs, Wrong } from "./setting.tsx";

const TEXT_CHARACTERS_MAX = 1000;

export function TextsCard() {
  const text = useText();
  return (
    <Card title={text("texts")} hint={text("texts_hint")}>
      <Texts path="handover_texts" label={text("handover_texts")} />
      <Texts path="away_texts" label={text("away_texts")} hint={text("away_texts_hint", { opens: "{opens}" })} />
    </Card>
  );
}

function Texts({ path, label, hint }: { path: string; label: string; hint?: string }) {
  const { value, change, disabled, problem } = useSetting<Record<string, string>>(path);
  return (
    <TextTabs
      label={label}
      texts={value}
      // A language without a text has the usual one; the spaces inside one are its own.
      onChange={(texts) =>
        change(Object.fromEntries(Object.entries(texts).filter(([code]) => writtenAnswers(texts)[code])))
      }
      lines={2}
      characters_max={TEXT_CHARACTERS_MAX}
      testId={path}
      disabled={disabled}
    >
      {problem ? <Wrong words={problem} /> : hint && <p className="mt-1 text-ink-faint text-xs">{hint}</p>}
      <Differs path={path} />
    </TextTabs>
  );
}
