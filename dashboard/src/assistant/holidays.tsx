/** Days on which nobody is there: once, or every year. */
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { type Language, remembered, useLanguage } from "../i18n/index.ts";
import { useText } from "../i18n/office.ts";
import { Button } from "../ui/button.tsx";
import { useSetting } from "./form.ts";
import { Differs, Wrong } from "./setting.tsx";

const dateFormat = remembered(
  (language) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }),
);
const dayFormat = remembered(
  (language) => new Intl.DateTimeFormat(language, { day: "numeric", month: "long", timeZone: "UTC" }),
);
/** Any leap year, so that the 29th of February is a day too. */
const SOME_YEAR = "2024";

export function Holidays() {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const { value, change, disabled, problem } = useSetting<string[]>("hours.holidays");
  return (
    <fieldset disabled={disabled} className="min-w-0">
      <legend className="mb-1 font-medium text-ink-soft text-xs">{text("holidays")}</legend>
      <ul className="mb-2 flex flex-wrap gap-1.5">
        {value.map((holiday) => (
          <li
            key={holiday}
            data-testid="holiday"
            className="flex items-center gap-1 rounded-full bg-raised ps-3 text-sm"
          >
            {holidayName(language, holiday)}
            {holiday.length === 5 && <span className="text-ink-faint text-xs">({text("holiday_yearly")})</span>}
            <button
              type="button"
              aria-label={text("holiday_remove", { day: holidayName(language, holiday) })}
              data-testid={`holiday-remove-${holiday}`}
              onClick={() => change(value.filter((one) => one !== holiday))}
              className="grid size-7 place-items-center rounded-full hover:bg-line [&>svg]:size-3.5"
            >
              <X />
            </button>
          </li>
        ))}
      </ul>
      {!disabled && <AddHoliday onAdd={(holiday) => change([...new Set([...value, holiday])].sort())} />}
      {problem && <Wrong words={problem} />}
      <Differs path="hours.holidays" />
    </fieldset>
  );
}

function AddHoliday({ onAdd }: { onAdd: (holiday: string) => void }) {
  const text = useText();
  const [day, choose] = useState("");
  const [isYearly, repeat] = useState(false);
  const add = () => {
    onAdd(isYearly ? day.slice(5) : day);
    choose("");
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <input
        type="date"
        value={day}
        aria-label={text("holiday_day")}
        data-testid="holiday-day"
        onChange={(event) => choose(event.target.value)}
        className="rounded-lg border border-transparent bg-raised px-2 py-1.5 text-sm focus:border-accent"
      />
      <label className="flex items-center gap-2 text-sm">
        <input
          type="checkbox"
          checked={isYearly}
          data-testid="holiday-yearly"
          onChange={(event) => repeat(event.target.checked)}
          className="size-4 accent-accent"
        />
        {text("holiday_yearly")}
      </label>
      <Button testId="holiday-add" icon={<Plus aria-hidden="true" />} disabled={!day} onClick={add}>
        {text("holiday_add")}
      </Button>
    </div>
  );
}

function holidayName(language: Language, holiday: string): string {
  const isYearly = holiday.length === 5;
  const date = new Date(isYearly ? `${SOME_YEAR}-${holiday}` : holiday);
  if (Number.isNaN(date.getTime())) return holiday;
  return (isYearly ? dayFormat : dateFormat)(language).format(date);
}
