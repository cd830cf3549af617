/** One setting with its name: a number, a switch, words, lines or a choice; and, on a number, whether it differs. */
import { RotateCcw } from "lucide-react";
import { type ReactNode, useEffect, useId, useState } from "react";
import { useLanguage } from "../i18n/index.ts";
import { type OfficeKey, useText } from "../i18n/office.ts";
import { Field } from "../ui/field.tsx";
import { useSetting } from "./form.ts";

export const INPUT_LOOK =
  "rounded-xl border border-transparent bg-raised px-3 py-2 text-[0.9375rem] focus:border-accent disabled:opacity-70";

/** Settings that belong together. */
export function Card({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <section className="space-y-4 rounded-2xl bg-surface p-4 sm:p-5">
      <header>
        <h2 className="font-semibold">{title}</h2>
        {hint && <p className="text-ink-faint text-sm">{hint}</p>}
      </header>
      {children}
    </section>
  );
}

/** Says of a number's setting that it is its own, and lets it go. */
export function Differs({ path }: { path: string }) {
  const text = useText();
  const { differs, reset, disabled } = useSetting(path);
  if (!differs) return null;
  return (
    <p className="mt-1 flex items-center gap-2 text-accent text-xs" data-testid={`differs-${path}`}>
      {text("setting_differs")}
      <button
        type="button"
        disabled={disabled}
        data-testid={`reset-${path}`}
        onClick={reset}
        className="inline-flex items-center gap-1 rounded-full bg-accent-soft px-2 py-0.5 font-medium disabled:opacity-50"
      >
        <RotateCcw aria-hidden="true" className="size-3" />
        {text("setting_reset")}
      </button>
    </p>
  );
}

interface SettingProps {
  path: string;
  label: OfficeKey;
  hint?: OfficeKey;
}

interface NumberProps extends SettingProps {
  min: number;
  max: number;
  step?: number;
  /** What is shown is so many times less: millionths of a currency as the currency. */
  scale?: number;
}

export function NumberSetting({ path, label, hint, min, max, step = 1, scale = 1 }: NumberProps) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const { value, change, disabled, problem } = useSetting<number>(path);
  const id = useId();
  const [typed, type] = useState(String(value / scale));
  // It was reset, or saved by somebody else. What is just being typed means the same number.
  useEffect(() => type((words) => (Number(words) === value / scale ? words : String(value / scale))), [value, scale]);
  const isNumber = (words: string) => words.trim() !== "" && Number(words) >= min && Number(words) <= max;
  const wrong = isNumber(typed)
    ? problem
    : text("number_between", { min: min.toLocaleString(language), max: max.toLocaleString(language) });
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium text-ink-soft text-xs">
        {text(label)}
      </label>
      <input
        id={id}
        type="number"
        inputMode="decimal"
        dir="ltr"
        min={min}
        max={max}
        step={step < 1 ? "any" : step}
        value={typed}
        disabled={disabled}
        aria-invalid={wrong !== null}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        data-testid={`setting-${path}`}
        onChange={({ target }) => {
          type(target.value);
          if (isNumber(target.value)) change(exact(Number(target.value), step, scale));
        }}
        // What is no such number stays, marked: nobody's typing is taken back behind their back.
        onBlur={() => isNumber(typed) && type(String(value / scale))}
        className={`w-36 ${INPUT_LOOK}`}
      />
      {wrong ? <Wrong id={`${id}-wrong`} words={wrong} /> : <Hint hint={hint} />}
      <Differs path={path} />
    </div>
  );
}

export function Wrong({ id, words }: { id?: string; words: string }) {
  return (
    <p id={id} data-testid="wrong" className="mt-1 text-bad text-xs">
      {words}
    </p>
  );
}

/** Whole where only whole numbers count, and never with the dust that fractions leave. */
function exact(typed: number, step: number, scale: number): number {
  return step < 1 && scale === 1 ? Math.round(typed * 1000) / 1000 : Math.round(typed * scale);
}

export function SwitchSetting({ path, label, hint }: SettingProps) {
  const text = useText();
  const { value, change, disabled } = useSetting<boolean>(path);
  return (
    <div>
      <label className="flex cursor-pointer items-center gap-2.5 text-sm">
        <input
          type="checkbox"
          checked={value}
          disabled={disabled}
          data-testid={`setting-${path}`}
          onChange={(event) => change(event.target.checked)}
          className="size-4 shrink-0 accent-accent"
        />
        {text(label)}
      </label>
      <Hint hint={hint} />
      <Differs path={path} />
    </div>
  );
}

interface WordsProps extends SettingProps {
  lines?: number;
  placeholder?: string;
  characters_max?: number;
}

export function WordsSetting({ path, label, hint, lines, placeholder, characters_max }: WordsProps) {
  const text = useText();
  const { value, change, disabled, problem } = useSetting<string>(path);
  return (
    <div>
      <Field
        label={text(label)}
        value={value}
        onChange={change}
        lines={lines}
        hint={hint && text(hint)}
        error={problem}
        characters_max={characters_max}
        placeholder={placeholder}
        testId={`setting-${path}`}
        disabled={disabled}
      />
      <Differs path={path} />
    </div>
  );
}

/** Several words or sentences, one per line. */
export function LinesSetting({ path, label, hint }: SettingProps) {
  const text = useText();
  const { value, change, disabled, problem } = useSetting<string[]>(path);
  const [typed, type] = useState(value.join("\n"));
  const told = value.join("\n");
  useEffect(() => type((words) => (linesIn(words).join("\n") === told ? words : told)), [told]);
  return (
    <div>
      <Field
        label={text(label)}
        value={typed}
        onChange={(words) => {
          type(words);
          change(linesIn(words));
        }}
        lines={3}
        hint={hint && text(hint)}
        error={problem}
        testId={`setting-${path}`}
        disabled={disabled}
      />
      <Differs path={path} />
    </div>
  );
}

function linesIn(words: string): string[] {
  return words
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

interface ChoiceProps extends SettingProps {
  choices: { value: string; label: OfficeKey }[];
}

export function ChoiceSetting({ path, label, hint, choices }: ChoiceProps) {
  const text = useText();
  const { value, change, disabled } = useSetting<string>(path);
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium text-ink-soft text-xs">
        {text(label)}
      </label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        data-testid={`setting-${path}`}
        onChange={(event) => change(event.target.value)}
        className={INPUT_LOOK}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {text(choice.label)}
          </option>
        ))}
      </select>
      <Hint hint={hint} />
      <Differs path={path} />
    </div>
  );
}

export function Hint({ hint }: { hint?: OfficeKey }) {
  const text = useText();
  return hint ? <p className="mt-1 text-ink-faint text-xs">{text(hint)}</p> : null;
}
