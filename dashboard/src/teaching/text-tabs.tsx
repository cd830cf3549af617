/** One text in several languages, a tab for each. */
import { type ReactNode, useId, useState } from "react";
import { useText } from "../i18n/desk.ts";
import { useLanguage } from "../i18n/index.ts";
import { languageName } from "../lib/languages.ts";
import { languagesShown, MORE_LANGUAGES } from "./entry-draft.ts";

interface TextTabsProps {
  label: string;
  /** Language → text. */
  texts: Record<string, string>;
  onChange: (texts: Record<string, string>) => void;
  /** The language that is shown first, unless something is written and not in it. */
  language?: string | null;
  lines?: number;
  testId: string;
  disabled?: boolean;
  /** How much fits in; more is marked, not cut off. */
  characters_max?: number;
  children?: ReactNode;
}

export function TextTabs(props: TextTabsProps) {
  const { label, texts, onChange, language = null, lines = 4, testId, disabled, children } = props;
  const { characters_max = Number.POSITIVE_INFINITY } = props;
  const text = useText();
  const page = useLanguage((state) => state.language);
  const id = useId();
  const shown = languagesShown(texts, language);
  const [added, add] = useState<string[]>([]);
  const all = [...new Set([...shown, ...added])];
  // What is written in another language only is shown too, or it would look as if nothing were.
  const [written] = Object.keys(texts);
  const [chosen, choose] = useState(
    language && (texts[language] || !written) ? language : (written ?? (page as string)),
  );
  const active = all.includes(chosen) ? chosen : (all[0] as string);
  const name = languageName(page, active);
  const excess = [...(texts[active] ?? "")].length - characters_max;
  return (
    <fieldset className="min-w-0" data-testid={testId}>
      <legend className="mb-1 font-medium text-ink-soft text-xs">{label}</legend>
      <div className="mb-1.5 flex flex-wrap items-center gap-1">
        {all.map((code) => (
          <Tab
            key={code}
            name={languageName(page, code)}
            code={code}
            controls={id}
            isChosen={code === active}
            isWritten={Boolean(texts[code]?.trim())}
            onClick={() => choose(code)}
          />
        ))}
        {!disabled && (
          <AddLanguage
            known={all}
            onAdd={(code) => {
              add([...added, code]);
              choose(code);
            }}
          />
        )}
      </div>
      <textarea
        id={id}
        dir={texts[active] ? "auto" : undefined}
        rows={lines}
        value={texts[active] ?? ""}
        disabled={disabled}
        aria-label={`${label}: ${name}`}
        aria-invalid={excess > 0 || undefined}
        data-testid={`${testId}-text`}
        data-language={active}
        onChange={(event) => onChange({ ...texts, [active]: event.target.value })}
        className="plain-direction w-full rounded-xl border border-transparent bg-raised px-3 py-2 text-[0.9375rem] leading-snug placeholder:text-ink-faint focus:border-accent disabled:opacity-70"
      />
      {excess > 0 && <p className="text-bad text-xs">{text("composer_too_long", { count: excess })}</p>}
      {children}
    </fieldset>
  );
}

function AddLanguage({ known, onAdd }: { known: string[]; onAdd: (code: string) => void }) {
  const text = useText();
  const page = useLanguage((state) => state.language);
  const others = MORE_LANGUAGES.filter((code) => !known.includes(code));
  return (
    <select
      aria-label={text("language_add")}
      data-testid="language-add"
      value=""
      onChange={(event) => onAdd(event.target.value)}
      className="rounded-full bg-raised px-2 py-1 text-ink-soft text-xs"
    >
      <option value="">+ {text("language_add")}</option>
      {others.map((code) => (
        <option key={code} value={code}>
          {languageName(page, code)}
        </option>
      ))}
    </select>
  );
}

interface TabProps {
  name: string;
  code: string;
  controls: string;
  isChosen: boolean;
  isWritten: boolean;
  onClick: () => void;
}

function Tab({ name, code, controls, isChosen, isWritten, onClick }: TabProps) {
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      aria-controls={controls}
      data-testid={`language-${code}`}
      onClick={onClick}
      className={`rounded-full px-2.5 py-1 text-xs ${isChosen ? "bg-accent-soft font-medium text-accent" : "bg-raised text-ink-soft hover:bg-line"}`}
    >
      {name}
      {isWritten && <span aria-hidden="true"> ✓</span>}
    </button>
  );
}
