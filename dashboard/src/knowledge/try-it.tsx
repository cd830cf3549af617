/** Asks the assistant as a customer would: what it would say, on what it stands, and why not. Nothing is kept or sent. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { assistantSettings, type Tried, tryAssistant } from "../api/assistant.ts";
import { useReason } from "../content/reasons.ts";
import { useLanguage } from "../i18n/index.ts";
import { useText } from "../i18n/office.ts";
import { useAsking } from "../lib/asking.ts";
import { languageName } from "../lib/languages.ts";
import { useKept } from "../live/kept.ts";
import { MatchCard } from "../teaching/match-card.tsx";
import { isRepeating, useNote } from "../teaching/note.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { TypingDots } from "../ui/typing-dots.tsx";

export function TryIt() {
  const text = useText();
  const question = useKept("try", () => "");
  const [channel_id, chooseChannel] = useState<string>("");
  const [tried, showTried] = useState<Tried | null>(null);
  const { ask, busy, failure } = useAsking();
  const reason = useReason("failure", failure);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const answer = await ask(() => tryAssistant(question.value.trim(), channel_id || null));
    if (answer) showTried(answer);
  };
  return (
    <div className="space-y-4">
      <form onSubmit={(event) => void submit(event)} className="space-y-3 rounded-2xl bg-surface p-4">
        <p className="text-ink-soft text-sm">{text("try_lead")}</p>
        <Field
          label={text("try_question")}
          value={question.value}
          onChange={question.change}
          lines={3}
          testId="try-question"
        />
        <div className="flex flex-wrap items-center justify-end gap-2">
          <NumberChoice chosen={channel_id} onChoose={chooseChannel} />
          <Button type="submit" look="primary" testId="try-ask" disabled={busy || !question.value.trim()}>
            {text("try_ask")}
          </Button>
        </div>
        {reason && (
          <p role="alert" data-testid="try-failure" className="text-bad text-sm">
            {reason}
          </p>
        )}
      </form>
      {busy && <TypingDots className="text-read" />}
      {tried && !busy && <Outcome tried={tried} />}
    </div>
  );
}

/** Numbers may be set differently. With one there is nothing to choose. */
function NumberChoice({ chosen, onChoose }: { chosen: string; onChoose: (channel_id: string) => void }) {
  const text = useText();
  const { data } = useQuery({ queryKey: ["assistant settings"], queryFn: assistantSettings, staleTime: 60_000 });
  const channels = data?.channels ?? [];
  if (channels.length < 2) return null;
  return (
    <select
      aria-label={text("try_number")}
      data-testid="try-number"
      value={chosen}
      onChange={(event) => onChoose(event.target.value)}
      className="h-9 max-w-60 rounded-xl bg-raised px-3 text-sm"
    >
      <option value="">{text("scope_account")}</option>
      {channels.map((channel) => (
        <option key={channel.channel_id} value={channel.channel_id}>
          {channel.name ?? channel.provider}
        </option>
      ))}
    </select>
  );
}

function Outcome({ tried }: { tried: Tried }) {
  const text = useText();
  const page = useLanguage((state) => state.language);
  const { outcome, reason, confidence, language, sources, steps, told } = tried;
  const noted = useNote()(tried);
  const note = reason && isRepeating(tried) ? null : noted;
  const said = tried.reply ?? tried.draft;
  return (
    <section data-testid="try-outcome" data-outcome={outcome} className="space-y-3 rounded-2xl bg-surface p-4">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
        <span
          className={`rounded-full px-2.5 py-0.5 font-medium text-xs ${outcome === "replied" ? "bg-accent-soft text-accent" : "bg-warn-soft text-warn"}`}
        >
          {text(`outcome_${outcome}`)}
        </span>
        {sources.length > 0 && (
          <span className="text-ink-soft">
            {text("try_confidence", { percent: text("percent", { percent: confidence }) })}
          </span>
        )}
        {language && <span className="text-ink-faint">{languageName(page, language)}</span>}
      </p>
      {reason && (
        <p data-testid="try-reason" className="text-sm text-warn">
          {text(`reason_${reason}`)}
        </p>
      )}
      {note && (
        <p dir="auto" className="plain-direction text-ink-soft text-sm">
          {note}
        </p>
      )}
      {told && <p className="text-ink-faint text-xs">{text("try_told")}</p>}
      {told && (
        <blockquote dir="auto" data-testid="try-told" className="plain-direction rounded-2xl bg-bubble-bot px-4 py-2.5">
          {told}
        </blockquote>
      )}
      {said && outcome !== "replied" && <p className="text-ink-faint text-xs">{text("draft_unsent")}</p>}
      {said && (
        <blockquote
          dir="auto"
          data-testid="try-reply"
          className={`plain-direction whitespace-pre-wrap rounded-2xl px-4 py-2.5 wrap-anywhere ${outcome === "replied" ? "bg-bubble-bot" : "border border-ink-faint/50 border-dashed text-ink-soft"}`}
        >
          {said}
        </blockquote>
      )}
      {sources.length > 0 && (
        <ul aria-label={text("sources_title")} className="space-y-2">
          {sources.map((source) => (
            <MatchCard key={source.entry_id} match={source} />
          ))}
        </ul>
      )}
      <Steps steps={steps} />
    </section>
  );
}

function Steps({ steps }: Pick<Tried, "steps">) {
  const text = useText();
  const page = useLanguage((state) => state.language);
  const began = steps.find(({ at }) => at !== null)?.at;
  if (steps.length === 0) return null;
  return (
    <details className="text-sm">
      <summary className="cursor-pointer text-ink-soft">{text("try_steps")}</summary>
      <ol className="mt-2 space-y-1">
        {steps.map(({ step, at, detail }) => (
          <li key={`${step} ${at}`} className="border-accent border-s-2 ps-3">
            <p dir="ltr" className="flex justify-between gap-3 text-start">
              <span className="font-medium">{step}</span>
              {at && began && (
                <span className="text-ink-faint text-xs tabular-nums">
                  +{(Date.parse(at) - Date.parse(began)).toLocaleString(page)} ms
                </span>
              )}
            </p>
            {Boolean(detail) && (
              <p dir="ltr" className="text-start text-ink-soft text-xs wrap-anywhere">
                {JSON.stringify(detail)}
              </p>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}
