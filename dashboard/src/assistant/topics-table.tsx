/** How near the assistant comes to what people say, topic by topic: what earns it the right to answer alone. */
import type { TopicReport } from "../api/assistant.ts";
import { useLanguage } from "../i18n/index.ts";
import { useText } from "../i18n/office.ts";
import { Card } from "./setting.tsx";

export function TopicsTable({ topics }: { topics: TopicReport[] }) {
  const text = useText();
  if (topics.length === 0) return null;
  const heads = ["topic_drafts", "topic_agreement", "topic_replies", "topic_up", "topic_down"] as const;
  return (
    <Card title={text("report_topics")} hint={text("report_topics_hint")}>
      <div className="overflow-x-auto">
        <table className="w-full min-w-96 text-sm" data-testid="report-topics">
          <thead>
            <tr className="text-ink-faint text-xs">
              <th className="py-1 pe-3 text-start font-medium">{text("entry_topic")}</th>
              {heads.map((head) => (
                <th key={head} className="px-2 py-1 text-end font-medium">
                  {text(head)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {topics.map((topic) => (
              <TopicRow key={topic.topic ?? ""} topic={topic} />
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function TopicRow({ topic: { topic, drafts, agreement, replies, up, down } }: { topic: TopicReport }) {
  const text = useText();
  const page = useLanguage((state) => state.language);
  const look = "px-2 py-1.5 text-end tabular-nums";
  return (
    <tr className="border-line border-t">
      <th scope="row" className="py-1.5 pe-3 text-start font-normal">
        <bdi>{topic ?? text("topic_none")}</bdi>
      </th>
      <td className={look}>{drafts.toLocaleString(page)}</td>
      <td className={look}>{agreement === null ? "–" : <Agreement agreement={agreement} />}</td>
      <td className={look}>{replies.toLocaleString(page)}</td>
      <td className={look}>{up.toLocaleString(page)}</td>
      <td className={look}>{down.toLocaleString(page)}</td>
    </tr>
  );
}

function Agreement({ agreement }: { agreement: number }) {
  const text = useText();
  const percent = Math.round(agreement);
  return (
    <span className="inline-flex items-center gap-2">
      <svg aria-hidden="true" viewBox="0 0 50 8" className="h-2 w-12 rounded-full rtl:-scale-x-100">
        <rect width="50" height="8" rx="4" className="fill-raised" />
        <rect width={percent / 2} height="8" rx="4" className="fill-accent" />
      </svg>
      {text("percent", { percent })}
    </span>
  );
}
