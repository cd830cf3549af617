/** The message that the draft answers to. */
import { X } from "lucide-react";
import type { ReplyPreview } from "../api/types.ts";
import { previewOf } from "../content/preview.ts";
import { useText } from "../i18n/index.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { TypeIcon } from "../ui/type-icon.tsx";

export function QuotedReply({ reply, onCancel }: { reply: ReplyPreview; onCancel: () => void }) {
  const text = useText();
  const role = reply.role === "user" ? "customer" : reply.role === "bot" ? "bot" : "operator";
  return (
    <div
      data-testid="quoted-reply"
      className="mb-2 flex items-center gap-2 rounded-xl border-accent border-s-4 bg-raised py-1 ps-3 pe-1"
    >
      <div className="min-w-0 flex-1 text-xs">
        <p className="font-medium text-accent">{text("reply_to", { name: text(`message_from_${role}`) })}</p>
        <p className="flex items-center gap-1 text-ink-soft">
          <TypeIcon type={reply.type} className="size-3.5 shrink-0" />
          <span dir="auto" className="plain-line min-w-0">
            {previewOf(reply, text)}
          </span>
        </p>
      </div>
      <IconButton small label={text("reply_cancel")} testId="reply-cancel" onClick={onCancel}>
        <X />
      </IconButton>
    </div>
  );
}
