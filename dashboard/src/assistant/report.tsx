/** What came of the assistant: how questions ended, why people were called, how near drafts came, and what it cost. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { assistantReport, type Report as Figures } from "../api/assistant.ts";
import type { HandoverReason, Sentiment } from "../api/types.ts";
import { type Language, remembered, useLanguage } from "../i18n/index.ts";
import { type OfficeKey, useText } from "../i18n/office.ts";
import { languageName } from "../lib/languages.ts";
import { Bars, Columns } from "../ui/bars.tsx";
import { ChoiceChips } from "../ui/choice-chips.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Failed } from "../ui/failed.tsx";
import { Loading } from "../ui/loading.tsx";
import { Card } from "./setting.tsx";
import { TopicsTable } from "./topics-table.tsx";

const PERIODS = ["7", "30", "90"] as const;
const MILLION = 1_000_000;
const dayFormat = remembered(
  (language) => new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" }),
);
const moneyFormat = remembered((language) => new Intl.NumberFormat(language, { maximumFractionDigits: 4 }));

export function Report() {
  const text = useText();
  const [days, choose] = useState<(typeof PERIODS)[number]>("30");
  const { data, isError, isPending, refetch } = useQuery({
    queryKey: ["assistant report", days],
    queryFn: () => assistantReport(Number(days)),
    placeholderData: (before) => before,
  });
  return (
    <div className="space-y-4" data-testid="report">
      <ChoiceChips
        label={text("report_period")}
        name="period"
        chosen={days}
        choices={PERIODS.map((value) => ({ value, label: text("report_days", { count: Number(value) }) }))}
        onChoose={choose}
      />
      {isError && <Failed words={text("report_failed")} onAgain={() => void refetch()} />}
      {isPending && <Loading />}
      {data && <Everything report={data} />}
    </div>
  );
}

function Everything({ report }: { report: Figures }) {
  const text = useText();
  const page = useLanguage((state) => state.language);
  const counted = useCounted();
  const { outcomes, reasons, topics, spending, languages, sentiments } = report;
  const isEmpty = [outcomes, reasons, languages, sentiments].every((one) => Object.keys(one ?? {}).length === 0);
  if (isEmpty && spending.length === 0) return <EmptyState title={text("report_none")} />;
  const outcome = (name: string) => text(`outcome_${name}` as OfficeKey);
  const reason = (name: string) => text(`reason_${name as HandoverReason}`);
  const mood = (name: string) => text(`mood_${name as Sentiment}`);
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Counts title={text("report_outcomes")} testId="report-outcomes" amounts={counted(outcomes, outcome)} />
        <Counts title={text("report_reasons")} testId="report-reasons" amounts={counted(reasons, reason)} />
        <Counts
          title={text("report_languages")}
          testId="report-languages"
          amounts={counted(languages, (code) =>
            code === "unknown" ? text("language_unknown") : languageName(page, code),
          )}
        />
        <Counts title={text("report_sentiments")} testId="report-sentiments" amounts={counted(sentiments, mood)} />
      </div>
      <TopicsTable topics={topics} />
      <Spending spending={spending} />
    </>
  );
}

type Amounts = Parameters<typeof Bars>[0]["amounts"];

/** The largest first. */
function useCounted() {
  const page = useLanguage((state) => state.language);
  return (counts: Partial<Record<string, number>>, nameOf: (name: string) => string): Amounts =>
    Object.entries(counts ?? {})
      .map(([name, amount = 0]) => ({ name, label: nameOf(name), amount, told: amount.toLocaleString(page) }))
      .sort((one, other) => other.amount - one.amount);
}

function Counts({ title, testId, amounts }: { title: string; testId: string; amounts: Amounts }) {
  if (amounts.length === 0) return null;
  return (
    <Card title={title}>
      <Bars amounts={amounts} label={title} testId={testId} />
    </Card>
  );
}

function Spending({ spending }: Pick<Figures, "spending">) {
  const text = useText();
  const page = useLanguage((state) => state.language);
  if (spending.length === 0) return null;
  const days = spending.toSorted((one, other) => one.day.localeCompare(other.day));
  const sum = (name: "turns" | "tokens" | "cost_micros") => days.reduce((total, day) => total + day[name], 0);
  const total = text("report_spending_total", {
    turns: sum("turns"),
    tokens: sum("tokens"),
    cost: moneyFormat(page).format(sum("cost_micros") / MILLION),
  });
  return (
    <Card title={text("report_spending")} hint={total}>
      <Columns
        label={`${text("report_spending")}. ${total}`}
        testId="report-spending"
        amounts={days.map(({ day, turns, tokens, cost_micros }) => ({
          name: day,
          label: dayText(page, day),
          // Without a price it is the work that is seen.
          amount: sum("cost_micros") > 0 ? cost_micros : turns,
          told: text("report_spending_total", { turns, tokens, cost: moneyFormat(page).format(cost_micros / MILLION) }),
        }))}
      />
      <p className="flex justify-between text-ink-faint text-xs">
        <span>{dayText(page, days[0]?.day ?? "")}</span>
        <span>{dayText(page, days.at(-1)?.day ?? "")}</span>
      </p>
    </Card>
  );
}

function dayText(page: Language, day: string): string {
  const date = new Date(day);
  return Number.isNaN(date.getTime()) ? day : dayFormat(page).format(date);
}
