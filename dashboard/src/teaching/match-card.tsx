/** An entry that was found for a question: how well it fits, and what it says. */
import { FileText } from "lucide-react";
import type { ReactNode } from "react";
import type { Source } from "../api/assistant.ts";
import { useText } from "../i18n/desk.ts";

interface MatchCardProps {
  match: Source & { answer?: string | null };
  children?: ReactNode;
}

export function MatchCard({ match, children }: MatchCardProps) {
  const text = useText();
  const { question, answer, score, tier, topic, document } = match;
  return (
    <li data-testid="match" data-tier={tier} className="rounded-2xl border border-line p-3 text-sm">
      <p className="mb-1 flex flex-wrap items-center gap-1.5 text-xs">
        <span className={`rounded-full px-2 py-0.5 font-medium ${LOOKS[tier] ?? LOOKS.weak}`}>
          {text("percent", { percent: score })} · {text(`tier_${tier}`)}
        </span>
        {topic && <bdi className="rounded-full bg-raised px-2 py-0.5 text-ink-soft">{topic}</bdi>}
        {document && (
          <span className="flex min-w-0 items-center gap-1 text-ink-faint">
            <FileText aria-hidden="true" className="size-3.5 shrink-0" />
            <bdi className="truncate">{document}</bdi>
          </span>
        )}
      </p>
      <p dir="auto" className="plain-beside font-medium wrap-anywhere">
        {question}
      </p>
      {answer && (
        <p dir="auto" className="plain-beside mt-0.5 whitespace-pre-wrap text-ink-soft wrap-anywhere">
          {answer}
        </p>
      )}
      {children}
    </li>
  );
}

const LOOKS = {
  exact: "bg-accent text-accent-ink",
  strong: "bg-accent-soft text-accent",
  weak: "bg-raised text-ink-soft",
};
