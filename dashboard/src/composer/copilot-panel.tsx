/** What the copilot has made, above the text: where it comes from, and the way back to what was typed. */
import { Sparkles, X } from "lucide-react";
import type { NoteTold, Selection } from "../api/types.ts";
import { useReason } from "../content/reasons.ts";
import { useText } from "../i18n/desk.ts";
import { FromLine } from "../teaching/from-line.tsx";
import { useNote } from "../teaching/note.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { TypingDots } from "../ui/typing-dots.tsx";
import { closeHelp, exchange, type Help, summarise } from "./help.ts";

export function CopilotPanel({ selected, help }: { selected: Selection; help: Help }) {
  const text = useText();
  return (
    <div
      data-testid="copilot-help"
      data-state={help.state}
      className="order-first flex w-full min-w-0 basis-full items-start gap-2 rounded-2xl bg-bubble-bot py-1.5 ps-3 pe-1 text-sm"
    >
      <Sparkles aria-hidden="true" className="mt-1.5 size-4 shrink-0 text-read" />
      <div className="min-w-0 flex-1 py-1" aria-live="polite">
        <Inside selected={selected} help={help} />
      </div>
      {help.state !== "busy" && (
        <IconButton
          small
          label={text("close")}
          testId="copilot-close"
          onClick={() => closeHelp(selected.conversation_id)}
        >
          <X />
        </IconButton>
      )}
    </div>
  );
}

function Inside({ selected, help }: { selected: Selection; help: Help }) {
  const text = useText();
  if (help.state === "busy") {
    return (
      <p className="flex items-center gap-2 text-ink-soft">
        <TypingDots />
        {text(`copilot_busy_${help.kind}`)}
      </p>
    );
  }
  if (help.state === "failed") return <Failed help={help} />;
  if (help.state === "nothing") return <Nothing noted={help.noted} />;
  if (help.state === "summary") {
    return (
      <div className="max-h-[30dvh] overflow-y-auto">
        <p className="font-medium text-xs">{text("copilot_summary_title")}</p>
        <p dir="auto" data-testid="copilot-summary-text" className="plain-direction whitespace-pre-wrap wrap-anywhere">
          {help.text}
        </p>
      </div>
    );
  }
  if (help.state === "offered") {
    return (
      <p className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 flex-1">{text("copilot_taken_over")}</span>
        <Button testId="copilot-offer" onClick={() => void summarise(selected)}>
          {text("copilot_summary")}
        </Button>
      </p>
    );
  }
  return <Made selected={selected} help={help} />;
}

function Nothing({ noted }: { noted: NoteTold | null }) {
  const text = useText();
  const told = useNote();
  return <p data-testid="copilot-nothing">{(noted && told(noted)) || text("copilot_nothing")}</p>;
}

function Failed({ help }: { help: Extract<Help, { state: "failed" }> }) {
  const text = useText();
  const reason = useReason("failure", help.failure);
  return (
    <p role="alert" data-testid="copilot-failure" className="text-bad">
      {text("copilot_failed", { reason: reason ?? "" })}
    </p>
  );
}

function Made({ selected, help }: { selected: Selection; help: Extract<Help, { state: "made" }> }) {
  const text = useText();
  const { kind, isPlaced, other, sources, confidence } = help;
  return (
    <div className="space-y-1">
      <p className="flex flex-wrap items-center gap-x-2 text-xs">
        <span className="font-medium">{text(kind === "suggest" ? "copilot_suggested" : "copilot_rewritten")}</span>
        {kind === "suggest" && (
          <span className="min-w-0 text-ink-soft">
            <FromLine sources={sources} confidence={confidence} />
          </span>
        )}
      </p>
      {!isPlaced && (
        <p
          dir="auto"
          data-testid="copilot-text"
          className="plain-direction max-h-32 overflow-y-auto whitespace-pre-wrap wrap-anywhere"
        >
          {other}
        </p>
      )}
      {(!isPlaced || other.trim() !== "") && (
        <Button testId="copilot-exchange" onClick={() => exchange(selected.conversation_id, help)}>
          {text(isPlaced ? "copilot_back" : "copilot_use")}
        </Button>
      )}
    </div>
  );
}
