/** Times as people read them, in the chosen language. */
import { type Language, remembered } from "../i18n/index.ts";

const DAY_MS = 86_400_000;
const UNITS: ["day" | "hour" | "minute", number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

const clockFormat = remembered((language) => new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" }));
const weekdayFormat = remembered((language) => new Intl.DateTimeFormat(language, { weekday: "long" }));
const dateFormat = remembered((language) => new Intl.DateTimeFormat(language, { dateStyle: "medium" }));
const shortDateFormat = remembered((language) => new Intl.DateTimeFormat(language, { day: "numeric", month: "short" }));
const momentFormat = remembered(
  (language) => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" }),
);
const preciseFormat = remembered(
  (language) =>
    new Intl.DateTimeFormat(language, {
      hour: "numeric",
      minute: "2-digit",
      second: "2-digit",
      fractionalSecondDigits: 3,
    }),
);
const relativeFormat = remembered((language) => new Intl.RelativeTimeFormat(language, { numeric: "auto" }));
const spanFormats = remembered((language) =>
  UNITS.map(([unit]) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "narrow" })),
);
const durationFormat = remembered((language) => new Intl.RelativeTimeFormat(language, { style: "narrow" }));

export function timeOfDay(language: Language, iso: string): string {
  return clockFormat(language).format(new Date(iso));
}

/** Date and time to the second, for a tooltip or a trace. */
export function moment(language: Language, iso: string): string {
  return momentFormat(language).format(new Date(iso));
}

/** Time of day to the millisecond, for what is measured. */
export function preciseTime(language: Language, iso: string): string {
  return preciseFormat(language).format(new Date(iso));
}

/** A key that is equal for all times of one local day. */
export function dayOf(iso: string): string {
  return new Date(iso).toDateString();
}

/** "today", "yesterday", a weekday within the week, else a date. */
export function dayName(language: Language, iso: string, now: Date): string {
  const days = daysBetween(new Date(iso), now);
  if (days >= 0 && days <= 1) return relativeFormat(language).format(-days, "day");
  return (days > 1 && days < 7 ? weekdayFormat : dateFormat)(language).format(new Date(iso));
}

/** For the list: the time of day for today, then "yesterday", a weekday, a date. */
export function listTime(language: Language, iso: string, now: Date): string {
  const days = daysBetween(new Date(iso), now);
  if (days <= 0) return timeOfDay(language, iso);
  if (days === 1) return relativeFormat(language).format(-1, "day");
  return (days < 7 ? weekdayFormat : shortDateFormat)(language).format(new Date(iso));
}

/** "12 min. ago", at least one minute. */
export function ago(language: Language, iso: string, now: Date): string {
  return relative(language, Math.max(60, (now.getTime() - Date.parse(iso)) / 1000), -1);
}

/** "12m": how long it is to or from a moment, at least one minute, as short as it can be said. */
export function spanText(language: Language, iso: string, now: Date): string {
  const seconds = Math.max(60, Math.abs(now.getTime() - Date.parse(iso)) / 1000);
  const place = UNITS.findIndex(([, size]) => seconds >= size);
  const [, size] = UNITS[place] as (typeof UNITS)[number];
  return (spanFormats(language)[place] as Intl.NumberFormat).format(Math.floor(seconds / size));
}

/** "in 5h" until a moment that lies ahead; null when it has passed. */
export function until(language: Language, iso: string, now: Date): string | null {
  const seconds = (Date.parse(iso) - now.getTime()) / 1000;
  return seconds > 0 ? relative(language, seconds, 1) : null;
}

function relative(language: Language, seconds: number, sign: 1 | -1): string {
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? ["minute", 60];
  return durationFormat(language).format(sign * Math.max(1, Math.floor(seconds / size)), unit);
}

function daysBetween(one: Date, other: Date): number {
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(other) - midnight(one)) / DAY_MS);
}

/** How long something plays or records, as a player shows it. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
