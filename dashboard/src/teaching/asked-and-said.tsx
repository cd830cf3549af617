/** What the customer asked, and what the assistant said, or would have said. */
import type { AnswerContext } from "../api/knowledge.ts";
import { useText } from "../i18n/desk.ts";
import { useNote } from "./note.ts";

export function AskedAndSaid({ context }: { context: AnswerContext }) {
  const text = useText();
  const { question, reply, draft, correction, outcome } = context;
  const note = useNote()(context);
  const said = reply ?? draft;
  return (
    <div className="space-y-2 text-sm" data-testid="asked-and-said">
      <Said label={text("customer_asked")} words={question} look="bg-raised" />
      {said && (
        <Said
          label={text(outcome === "replied" ? "assistant_said" : "assistant_would_have_said")}
          words={said}
          look="bg-bubble-bot"
        />
      )}
      {correction && <Said label={text("corrected_to")} words={correction} look="bg-bubble-out" />}
      {note && (
        <p dir="auto" className="plain-direction text-ink-faint text-xs">
          {note}
        </p>
      )}
    </div>
  );
}

function Said({ label, words, look }: { label: string; words: string; look: string }) {
  return (
    <div>
      <p className="mb-0.5 text-ink-faint text-xs">{label}</p>
      <blockquote
        dir="auto"
        className={`plain-direction max-h-40 overflow-y-auto whitespace-pre-wrap rounded-2xl px-3 py-2 wrap-anywhere ${look}`}
      >
        {words}
      </blockquote>
    </div>
  );
}
