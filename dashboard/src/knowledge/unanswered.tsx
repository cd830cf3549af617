/** What customers asked and nothing known answers, gathered by meaning: to be answered once for all, or dismissed. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { MessageCircleQuestionMark } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { dismissGroup, type UnansweredGroup, unansweredGroups } from "../api/knowledge.ts";
import { useReason } from "../content/reasons.ts";
import { useLanguage } from "../i18n/index.ts";
import { useText } from "../i18n/office.ts";
import { useAsking } from "../lib/asking.ts";
import { languageName } from "../lib/languages.ts";
import { useNow } from "../lib/now.ts";
import { readPlace, writePlace } from "../lib/place.ts";
import { listTime } from "../lib/time.ts";
import { MatchCard } from "../teaching/match-card.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Failed } from "../ui/failed.tsx";
import { Loading } from "../ui/loading.tsx";
import { type Asked, EntryDialog } from "./entry-dialog.tsx";

const REFRESH_MS = 15_000;
/** An entry needs no more ways to ask than these to begin with. */
const PHRASINGS_MAX = 5;

export function Unanswered() {
  const text = useText();
  const { data, isError, isPending, refetch } = useQuery({
    queryKey: ["unanswered"],
    queryFn: unansweredGroups,
    // Customers go on asking while the page is looked at.
    refetchInterval: REFRESH_MS,
  });
  const [asked, answer] = useState<Asked | null>(null);
  const groups = data?.groups ?? [];
  return (
    <div className="space-y-3">
      {isError && <Failed words={text("unanswered_failed")} onAgain={() => void refetch()} />}
      {isPending && <Loading />}
      {data && groups.length === 0 && (
        <EmptyState title={text("unanswered_none")} detail={text("unanswered_none_detail")} />
      )}
      {groups.map((group) => (
        <Group key={group.group_id} group={group} onAnswer={() => answer(askedIn(group))} />
      ))}
      {asked && (
        <EntryDialog key={asked.group_id} entry={null} asked={asked} topics={[]} onClose={() => answer(null)} />
      )}
    </div>
  );
}

/** The group's own question, and other ways in which it was asked. */
export function askedIn({ group_id, question, language, examples }: UnansweredGroup): Asked {
  const others = new Set(examples.map((example) => example.question.trim()));
  others.delete(question.trim());
  return { group_id, question, language, phrasings: [...others].filter(Boolean).slice(0, PHRASINGS_MAX) };
}

function Group({ group, onAnswer }: { group: UnansweredGroup; onAnswer: () => void }) {
  const text = useText();
  const page = useLanguage((state) => state.language);
  const { question, language, count, examples, nearest } = group;
  return (
    <article data-testid="unanswered-group" className="rounded-2xl bg-surface p-4">
      <p className="mb-1 flex flex-wrap items-center gap-2 text-xs">
        <span className="flex items-center gap-1 rounded-full bg-warn-soft px-2 py-0.5 font-medium text-warn">
          <MessageCircleQuestionMark aria-hidden="true" className="size-3.5" />
          {text("asked_times", { count })}
        </span>
        {language && <span className="text-ink-faint">{languageName(page, language)}</span>}
      </p>
      <p dir="auto" className="plain-beside font-medium wrap-anywhere">
        {question}
      </p>
      <Examples examples={examples} asked={question} />
      {nearest.length > 0 && (
        <details className="mt-2 text-sm">
          <summary className="cursor-pointer text-ink-soft">{text("unanswered_nearest")}</summary>
          <ul className="mt-2 space-y-2">
            {nearest.map((match) => (
              <MatchCard key={match.entry_id} match={match} />
            ))}
          </ul>
        </details>
      )}
      <Decision group={group} onAnswer={onAnswer} />
    </article>
  );
}

/** Where it was asked, in which other words. */
function Examples({ examples, asked }: Pick<UnansweredGroup, "examples"> & { asked: string }) {
  const text = useText();
  const page = useLanguage((state) => state.language);
  const now = useNow();
  return (
    <ul className="mt-1 space-y-0.5 text-sm">
      {examples.map(({ question, conversation_id, user_id, asked_at }) => (
        <li key={`${conversation_id} ${asked_at} ${question}`} className="flex items-baseline gap-2">
          <Link
            href={writePlace({ ...readPlace("/", ""), selected: { conversation_id, user_id } })}
            data-testid="unanswered-example"
            className="min-w-0 flex-1 text-ink-soft hover:underline"
          >
            <span dir="auto" className="plain-line block">
              {question === asked ? text("conversation_open") : question}
            </span>
          </Link>
          <time dateTime={asked_at} className="shrink-0 text-ink-faint text-xs">
            {listTime(page, asked_at, now)}
          </time>
        </li>
      ))}
    </ul>
  );
}

function Decision({ group, onAnswer }: { group: UnansweredGroup; onAnswer: () => void }) {
  const text = useText();
  const { ask, busy, failure } = useAsking();
  const reason = useReason("failure", failure);
  const queries = useQueryClient();
  const dismiss = async () => {
    if ((await ask(() => dismissGroup(group.group_id))) === null) return;
    await queries.invalidateQueries({ queryKey: ["unanswered"] });
  };
  return (
    <div className="mt-3 flex flex-wrap items-center gap-2">
      <Button look="primary" testId="unanswered-answer" onClick={onAnswer}>
        {text("unanswered_answer")}
      </Button>
      <Button testId="unanswered-dismiss" disabled={busy} onClick={() => void dismiss()}>
        {text("unanswered_dismiss")}
      </Button>
      {reason && (
        <span role="alert" className="text-bad text-xs">
          {reason}
        </span>
      )}
    </div>
  );
}
