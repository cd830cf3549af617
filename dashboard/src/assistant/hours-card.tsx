/** When somebody is there: the days of the week, holidays, and the zone in which that is told. */
import { useId } from "react";
import type { Span, Weekday } from "../api/assistant.ts";
import { useText } from "../i18n/office.ts";
import { Button } from "../ui/button.tsx";
import { ChoiceChips } from "../ui/choice-chips.tsx";
import { DayRow, WEEKDAYS } from "./day-row.tsx";
import { useSetting } from "./form.ts";
import { Holidays } from "./holidays.tsx";
import { Card, Differs, Hint, INPUT_LOOK, SwitchSetting, Wrong } from "./setting.tsx";

type Weekly = Partial<Record<Weekday, Span[]>>;

const USUAL: Span[] = [["09:00", "18:00"]];
const USUAL_WEEK: Weekly = { mon: USUAL, tue: USUAL, wed: USUAL, thu: USUAL, fri: USUAL, sat: [], sun: [] };

export function HoursCard() {
  const text = useText();
  const { value, change, disabled, problem } = useSetting<Weekly>("hours.weekly");
  const isWeekly = Object.keys(value).length > 0;
  return (
    <Card title={text("hours")} hint={text("hours_hint")}>
      <ChoiceChips
        label={text("hours")}
        name="hours"
        chosen={isWeekly ? "weekly" : "always"}
        choices={[
          { value: "always", label: text("hours_always") },
          { value: "weekly", label: text("hours_weekly") },
        ]}
        onChoose={(chosen) => change(chosen === "weekly" ? USUAL_WEEK : {})}
        disabled={disabled}
      />
      {isWeekly && <Week weekly={value} onChange={change} disabled={disabled} />}
      {problem && <Wrong words={problem} />}
      <Differs path="hours.weekly" />
      <Zone />
      <Holidays />
      <SwitchSetting path="hours.assistant_answers" label="hours_assistant_answers" />
    </Card>
  );
}

interface WeekProps {
  weekly: Weekly;
  onChange: (weekly: Weekly) => void;
  disabled: boolean;
}

function Week({ weekly, onChange, disabled }: WeekProps) {
  const text = useText();
  const first = WEEKDAYS.find((day) => (weekly[day] ?? []).length > 0);
  const likeFirst = () =>
    first &&
    onChange(Object.fromEntries(WEEKDAYS.map((day) => [day, weekly[day]?.length ? weekly[first] : []])) as Weekly);
  return (
    <div className="space-y-1">
      {WEEKDAYS.map((day) => (
        <DayRow
          key={day}
          day={day}
          spans={weekly[day] ?? []}
          disabled={disabled}
          // All days are named: a week without any would mean that it is always open.
          onChange={(spans) => onChange({ ...closedWeek(), ...weekly, [day]: spans })}
        />
      ))}
      {first && !disabled && (
        <Button testId="hours-copy" onClick={likeFirst}>
          {text("hours_copy")}
        </Button>
      )}
    </div>
  );
}

function closedWeek(): Weekly {
  return Object.fromEntries(WEEKDAYS.map((day) => [day, []]));
}

function Zone() {
  const text = useText();
  const id = useId();
  const { value, change, disabled, problem } = useSetting<string>("hours.zone");
  const wrong = isZone(value) ? problem : text("hours_zone_wrong");
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium text-ink-soft text-xs">
        {text("hours_zone")}
      </label>
      <input
        id={id}
        dir="ltr"
        list={`${id}-zones`}
        value={value}
        disabled={disabled}
        aria-invalid={wrong !== null}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        data-testid="setting-hours.zone"
        onChange={(event) => change(event.target.value)}
        className={`w-64 max-w-full ${INPUT_LOOK}`}
      />
      <datalist id={`${id}-zones`}>
        {Intl.supportedValuesOf("timeZone").map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      {wrong ? <Wrong id={`${id}-wrong`} words={wrong} /> : <Hint hint="hours_zone_hint" />}
      <Differs path="hours.zone" />
    </div>
  );
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name !== "";
  } catch {
    // The one way in which a browser says that it knows no such zone.
    return false;
  }
}
