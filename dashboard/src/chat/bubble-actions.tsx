/** What can be done with a message; shown when one comes near it. */
import { Copy, Reply, Route } from "lucide-react";
import type { Message } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { changeDraft } from "../live/drafts.ts";
import { IconButton } from "../ui/icon-button.tsx";

export function BubbleActions({ message, onTrace }: { message: Message; onTrace: (message: Message) => void }) {
  const text = useText();
  if (message.deleted_at) return null;
  return (
    <div className="flex shrink-0 opacity-0 transition-opacity focus-within:opacity-100 group-hover:opacity-100">
      <IconButton small label={text("message_reply")} testId="reply" onClick={() => quote(message)}>
        <Reply className="rtl:-scale-x-100" />
      </IconButton>
      <IconButton
        small
        label={text("message_copy")}
        className="hidden sm:grid"
        onClick={() => void navigator.clipboard?.writeText(message.content)}
      >
        <Copy />
      </IconButton>
      <IconButton
        small
        label={text("message_trace")}
        testId="trace"
        className="hidden sm:grid"
        onClick={() => onTrace(message)}
      >
        <Route />
      </IconButton>
    </div>
  );
}

function quote({ conversation_id, message_id, role, type, content }: Message): void {
  changeDraft(conversation_id, { reply: { message_id, role, type, content } });
  document.querySelector<HTMLTextAreaElement>("[data-testid=composer]")?.focus();
}
