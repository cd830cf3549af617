/** Where a conversation was handed over to people: why, and what the assistant would have said. */
import { CornerDownLeft, GraduationCap, Hourglass } from "lucide-react";
import type { HandoverReason, Message } from "../api/types.ts";
import { useText } from "../i18n/desk.ts";
import { useLanguage } from "../i18n/index.ts";
import { moment, timeOfDay } from "../lib/time.ts";
import { changeDraft, draftOf } from "../live/drafts.ts";
import { Button } from "../ui/button.tsx";
import { DeedsLine } from "./deeds-line.tsx";
import { isRepeating, useNote } from "./note.ts";
import { openTeaching } from "./opened.ts";
import { callTold } from "./told.ts";

const TEACHABLE: HandoverReason[] = ["unsure", "unsafe", "judgement"];

export default function HandoverLine({ message }: { message: Message }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const { reason, noted, draft, taught, deeds } = callTold(message);
  const told = useNote()(noted);
  const note = reason && isRepeating(noted) ? null : told;
  return (
    <div className="flex w-full flex-col items-center gap-1 py-1" data-testid="handover-line" data-reason={reason}>
      <p className="flex max-w-[85%] flex-wrap items-center justify-center gap-x-1.5 rounded-2xl bg-warn-soft px-3 py-1 text-warn text-xs">
        <Hourglass aria-hidden="true" className="size-3.5 shrink-0" />
        <span>
          <span className="font-medium">{text("handover_line")}</span>
          {reason && ` · ${text(`reason_${reason}`)}`}
        </span>
        <time dateTime={message.timestamp} title={moment(language, message.timestamp)} className="opacity-80">
          {timeOfDay(language, message.timestamp)}
        </time>
      </p>
      {note && (
        <p
          dir="auto"
          data-testid="handover-note"
          className="max-w-[85%] text-center text-ink-soft text-xs wrap-anywhere"
        >
          {note}
        </p>
      )}
      <DeedsLine deeds={deeds} />
      {taught && (
        <p data-testid="taught" className="flex items-center gap-1 text-accent text-xs">
          <GraduationCap aria-hidden="true" className="size-3.5" />
          {text(`taught_${taught}`)}
        </p>
      )}
      {draft ? (
        <Unsent message={message} draft={draft} />
      ) : (
        isTeachable(reason) &&
        !taught && (
          <button
            type="button"
            data-testid="teach"
            onClick={() => openTeaching(message)}
            className="rounded px-1 font-medium text-accent text-xs hover:underline"
          >
            {text("teach_answer")}
          </button>
        )
      )}
    </div>
  );
}

/** Whoever wants a person, or came when nobody was there, has asked nothing that an entry could answer. */
function isTeachable(reason: HandoverReason | null): boolean {
  return reason === null || TEACHABLE.includes(reason);
}

/** Nobody has sent it: it looks like no bubble that somebody has. */
function Unsent({ message, draft }: { message: Message; draft: string }) {
  const text = useText();
  return (
    <details className="w-full max-w-[85%] text-xs sm:max-w-[60%]" data-testid="handover-draft">
      <summary className="cursor-pointer text-center text-ink-soft">{text("draft_unsent")}</summary>
      <div className="mt-1 rounded-2xl border border-ink-faint/50 border-dashed bg-raised px-3 py-2">
        <p
          dir="auto"
          data-testid="draft-text"
          className="plain-direction whitespace-pre-wrap text-ink-soft text-sm wrap-anywhere"
        >
          {draft}
        </p>
        <p className="mt-2 flex flex-wrap items-center justify-end gap-2">
          <span className="me-auto text-ink-faint">{text("not_sent")}</span>
          <Button testId="teach" icon={<GraduationCap aria-hidden="true" />} onClick={() => openTeaching(message)}>
            {text("teach")}
          </Button>
          <Button
            testId="use-draft"
            icon={<CornerDownLeft aria-hidden="true" className="rtl:-scale-x-100" />}
            onClick={() => putIntoComposer(message.conversation_id, draft)}
          >
            {text("use_as_reply")}
          </Button>
        </p>
      </div>
    </details>
  );
}

/** Below what was begun there. */
function putIntoComposer(conversation_id: string, words: string): void {
  const { text } = draftOf(conversation_id);
  changeDraft(conversation_id, { text: text.trim() ? `${text}\n${words}` : words });
  document.querySelector<HTMLTextAreaElement>("[data-testid=composer]")?.focus();
}
