/** Stops a send for one look: something arrived that its author had not seen. */
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { Message } from "../api/types.ts";
import { previewOf } from "../content/preview.ts";
import { useText } from "../i18n/index.ts";
import { draftOf } from "../live/drafts.ts";
import { sendAnyway, takeAllBack, withdraw } from "../live/outbox.ts";
import { canTakeBack, type Pending } from "../live/pending.ts";
import { Button } from "../ui/button.tsx";

/** More than this few lines is what the message list is for. */
const LINES_MAX = 3;
/** An Enter this soon was meant for the text, not for the question. */
const HASTE_MS = 400;

export function Guard({ pending, onEdit }: { pending: Pending; onEdit: () => void }) {
  const text = useText();
  const box = useRef<HTMLDivElement>(null);
  const shownAt = useRef(Date.now());
  // Whoever has begun the next line keeps on writing it.
  useEffect(() => {
    if (draftOf(pending.conversation_id).text === "") box.current?.focus();
  }, [pending.conversation_id]);
  const isEditable = canTakeBack(pending);
  const edit = () => {
    takeAllBack(pending.conversation_id);
    onEdit();
  };
  const discard = () => {
    withdraw(pending);
    onEdit();
  };
  /** Enter sends anyway, Escape goes back to the text, anything else is the beginning of the next line. */
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.preventDefault();
      // What a form made has no text to go back to, and one key must not throw it away.
      if (isEditable) edit();
      else onEdit();
    } else if (event.key === "Enter" && event.target === box.current) {
      if (Date.now() - shownAt.current > HASTE_MS) sendAnyway(pending, true);
    } else if (event.key.length === 1 && event.target === box.current) {
      onEdit();
    }
  };
  return (
    <div
      ref={box}
      role="alertdialog"
      aria-label={text("guard_title")}
      data-testid="guard"
      tabIndex={-1}
      onKeyDown={pressed}
      className="mb-2 rounded-2xl bg-warn-soft p-3 text-sm outline-none"
    >
      <p className="font-medium text-warn">{text("guard_title")}</p>
      <NewerMessages messages={pending.newer} />
      <blockquote className="mb-3 w-fit max-w-full border-warn border-s-2 ps-2 text-ink-soft">
        <span dir="auto" className="plain-direction line-clamp-3 wrap-anywhere">
          {previewOf({ type: pending.message_type, content: pending.content }, text)}
        </span>
      </blockquote>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" testId="guard-send-anyway" onClick={() => sendAnyway(pending, true)}>
          {text("guard_send_anyway")}
        </Button>
        {isEditable ? (
          <Button testId="guard-edit" onClick={edit}>
            {text("guard_edit")}
          </Button>
        ) : (
          <Button testId="guard-discard" onClick={discard}>
            {text("pending_discard")}
          </Button>
        )}
      </div>
    </div>
  );
}

function NewerMessages({ messages }: { messages: Message[] }) {
  const text = useText();
  return (
    <ul className="my-2 space-y-1">
      {messages.slice(-LINES_MAX).map((message) => (
        <li key={message.message_id} dir="auto" className="plain-line">
          <span className="font-medium">
            {message.is_user ? text("message_from_customer") : message.operator_name}:{" "}
          </span>
          {previewOf(message, text)}
        </li>
      ))}
    </ul>
  );
}
