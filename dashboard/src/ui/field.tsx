/** A labelled place to write in, with its bound and what is wrong with it. */
import { useId } from "react";
import { useText } from "../i18n/index.ts";

interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  testId?: string;
  /** How much fits in; more is marked, not cut off. */
  characters_max?: number;
  lines?: number;
  hint?: string;
  error?: string | null;
  placeholder?: string;
  required?: boolean;
  type?: "text" | "tel" | "email" | "url" | "password";
  autoFocus?: boolean;
  disabled?: boolean;
}

const LOOK =
  "plain-direction w-full rounded-xl border bg-raised px-3 py-2 text-[0.9375rem] leading-snug placeholder:text-ink-faint focus:border-accent disabled:opacity-70";

export function Field(props: FieldProps) {
  const { label, value, onChange, testId, characters_max, lines, hint, error, placeholder, required, type } = props;
  const { disabled } = props;
  const text = useText();
  const id = useId();
  const excess = characters_max ? [...value].length - characters_max : 0;
  const wrong = excess > 0 ? text("composer_too_long", { count: excess }) : error;
  const about = wrong || hint ? `${id}-about` : undefined;
  const shared = {
    id,
    value,
    placeholder,
    required,
    disabled,
    dir: value ? "auto" : undefined,
    "data-testid": testId,
    "aria-invalid": wrong ? true : undefined,
    "aria-describedby": about,
    className: `${LOOK} ${wrong ? "border-bad" : "border-transparent"}`,
  };
  return (
    <div className="min-w-0 flex-1">
      <label htmlFor={id} className="mb-1 block font-medium text-ink-soft text-xs">
        {label}
        {required && <span aria-hidden="true"> *</span>}
      </label>
      {lines ? (
        <textarea {...shared} rows={lines} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <input
          {...shared}
          // biome-ignore lint/a11y/noAutofocus: the first field of a window that a person has just opened
          autoFocus={props.autoFocus}
          type={type ?? "text"}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {about && (
        <p id={about} className={`mt-1 text-xs ${wrong ? "text-bad" : "text-ink-faint"}`}>
          {wrong || hint}
        </p>
      )}
    </div>
  );
}
