/** Under an answer of the assistant: where it comes from, and whether it was a good one. */
import { GraduationCap, ThumbsDown, ThumbsUp } from "lucide-react";
import type { ReactNode } from "react";
import type { Message } from "../api/types.ts";
import { useText } from "../i18n/desk.ts";
import { DeedsLine } from "./deeds-line.tsx";
import { FromLine } from "./from-line.tsx";
import { openSources, openTeaching } from "./opened.ts";
import { answerTold } from "./told.ts";
import { useVerdict } from "./verdicts.ts";

export default function AnswerFoot({ message }: { message: Message }) {
  const text = useText();
  const { sources, confidence, taught, deeds } = answerTold(message);
  const { verdict, judge, busy, failure } = useVerdict(message);
  const dislike = () => {
    judge(verdict === "down" ? null : "down");
    if (verdict !== "down") openTeaching(message);
  };
  return (
    <div className="mt-1 border-line border-t" data-testid="answer-foot">
      <div className="flex min-h-7 items-center gap-1 text-xs">
        <button
          type="button"
          data-testid="sources"
          onClick={() => openSources(message)}
          className="me-auto min-w-0 rounded text-start text-ink-soft hover:underline"
        >
          <FromLine sources={sources} confidence={confidence} />
        </button>
        <Thumb
          label={text("answer_good")}
          isOn={verdict === "up"}
          testId="verdict-up"
          disabled={busy}
          onClick={() => judge(verdict === "up" ? null : "up")}
        >
          <ThumbsUp />
        </Thumb>
        <Thumb
          label={text("answer_bad")}
          isOn={verdict === "down"}
          testId="verdict-down"
          disabled={busy}
          onClick={dislike}
        >
          <ThumbsDown />
        </Thumb>
      </div>
      <DeedsLine deeds={deeds} />
      {taught && (
        <p data-testid="taught" className="flex items-center gap-1 pb-0.5 text-accent text-xs">
          <GraduationCap aria-hidden="true" className="size-3.5" />
          {text(`taught_${taught}`)}
        </p>
      )}
      {failure && (
        <p role="alert" data-testid="verdict-failure" className="pb-0.5 text-bad text-xs">
          {failure}
        </p>
      )}
    </div>
  );
}

interface ThumbProps {
  label: string;
  isOn: boolean;
  testId: string;
  disabled: boolean;
  onClick: () => void;
  children: ReactNode;
}

function Thumb({ label, isOn, testId, disabled, onClick, children }: ThumbProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={isOn}
      data-testid={testId}
      disabled={disabled}
      onClick={onClick}
      className={`grid size-7 shrink-0 place-items-center rounded-lg hover:bg-ink/10 [&>svg]:size-3.5 ${isOn ? "text-accent [&>svg]:fill-accent-soft" : "text-ink-faint"}`}
    >
      {children}
    </button>
  );
}
