/** One day of the week: closed, or open in one or several spans. */
import { Plus, X } from "lucide-react";
import type { Span, Weekday } from "../api/assistant.ts";
import { type Language, remembered, useLanguage } from "../i18n/index.ts";
import { useText } from "../i18n/office.ts";
import { IconButton } from "../ui/icon-button.tsx";

export const WEEKDAYS: Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/** A lunch break makes two; more than these nobody keeps. */
const SPANS_MAX = 6;
/** A Monday. */
const FIRST_DAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
const nameFormat = remembered((language) => new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" }));

interface DayRowProps {
  day: Weekday;
  spans: Span[];
  disabled: boolean;
  onChange: (spans: Span[]) => void;
}

export function DayRow({ day, spans, disabled, onChange }: DayRowProps) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const name = dayName(language, day);
  const isOpen = spans.length > 0;
  return (
    <fieldset
      data-testid={`day-${day}`}
      disabled={disabled}
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-line border-b py-1.5 last:border-b-0"
    >
      <legend className="sr-only">{name}</legend>
      <label className="flex w-32 cursor-pointer items-center gap-2 text-sm">
        <input
          type="checkbox"
          checked={isOpen}
          data-testid={`day-open-${day}`}
          onChange={(event) => onChange(event.target.checked ? [["09:00", "18:00"]] : [])}
          className="size-4 accent-accent"
        />
        {name}
      </label>
      {!isOpen && <span className="text-ink-faint text-sm">{text("hours_closed")}</span>}
      {spans.map((span, place) => (
        <OneSpan
          // biome-ignore lint/suspicious/noArrayIndexKey: a span is known by its place in the day
          key={place}
          name={name}
          span={span}
          onChange={(changed) => onChange(spans.with(place, changed))}
          onRemove={spans.length > 1 ? () => onChange(spans.toSpliced(place, 1)) : null}
        />
      ))}
      {isOpen && spans.length < SPANS_MAX && !disabled && (
        <IconButton
          small
          label={text("hours_add", { day: name })}
          testId={`span-add-${day}`}
          onClick={() => onChange([...spans, ["14:00", "18:00"]])}
        >
          <Plus />
        </IconButton>
      )}
    </fieldset>
  );
}

interface OneSpanProps {
  name: string;
  span: Span;
  onChange: (span: Span) => void;
  onRemove: (() => void) | null;
}

function OneSpan({ name, span: [from, to], onChange, onRemove }: OneSpanProps) {
  const text = useText();
  const look = "rounded-lg border border-transparent bg-raised px-2 py-1 text-sm focus:border-accent";
  return (
    <span dir="ltr" className="flex items-center gap-1">
      <input
        type="time"
        value={from}
        required
        aria-label={text("hours_from", { day: name })}
        onChange={({ target }) => target.value && onChange([target.value, to])}
        className={look}
      />
      –
      <input
        type="time"
        value={to}
        required
        aria-label={text("hours_to", { day: name })}
        onChange={({ target }) => target.value && onChange([from, target.value])}
        className={look}
      />
      {onRemove && (
        <IconButton small label={text("hours_remove", { day: name })} onClick={onRemove}>
          <X />
        </IconButton>
      )}
    </span>
  );
}

function dayName(language: Language, day: Weekday): string {
  return nameFormat(language).format(FIRST_DAY + WEEKDAYS.indexOf(day) * DAY_MS);
}
