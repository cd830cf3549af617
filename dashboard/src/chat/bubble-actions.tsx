/** What can be done with a message; shown when one comes near it. */
import { Copy, Reply, Route } from "lucide-react";
import type { Message } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { useCapabilities } from "../live/channels.ts";
import { changeDraft } from "../live/drafts.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { ReactMenu } from "./react-menu.tsx";

export function BubbleActions({ message, onTrace }: { message: Message; onTrace: (message: Message) => void }) {
  const text = useText();
  const capabilities = useCapabilities(message.conversation_id);
  if (message.deleted_at) return null;
  // What nobody has said to be missing may be tried; the server refuses it with a sentence.
  const canQuote = capabilities?.quotes !== false;
  const canReact = capabilities?.reactions === true && isAtWhatsApp(message);
  return (
    <div className="flex shrink-0 opacity-0 transition-opacity focus-within:opacity-100 group-hover:opacity-100 has-[:popover-open]:opacity-100">
      {canQuote && (
        <IconButton small label={text("message_reply")} testId="reply" onClick={() => quote(message)}>
          <Reply className="rtl:-scale-x-100" />
        </IconButton>
      )}
      {canReact && <ReactMenu message={message} />}
      {message.content && (
        <IconButton
          small
          label={text("message_copy")}
          testId="copy-text"
          className="hidden sm:grid"
          onClick={() => void navigator.clipboard?.writeText(message.content)}
        >
          <Copy />
        </IconButton>
      )}
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

/** There is something there to react to: the customer's own, or what reached WhatsApp. */
function isAtWhatsApp({ is_user, status, role }: Message): boolean {
  return is_user || (role !== "system" && (status === "sent" || status === "delivered" || status === "read"));
}

function quote({ conversation_id, message_id, role, type, content }: Message): void {
  changeDraft(conversation_id, { reply: { message_id, role, type, content } });
  document.querySelector<HTMLTextAreaElement>("[data-testid=composer]")?.focus();
}
