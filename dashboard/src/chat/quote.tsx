/** What a message answers to; a click goes there. */
import type { ReplyPreview } from "../api/types.ts";
import { previewOf } from "../content/preview.ts";
import { useText } from "../i18n/index.ts";
import { TypeIcon } from "../ui/type-icon.tsx";

export function Quote({ preview, onOpen }: { preview: ReplyPreview; onOpen: (message_id: string) => void }) {
  const text = useText();
  return (
    <button
      type="button"
      data-testid="quote"
      data-message-id={preview.message_id}
      onClick={() => onOpen(preview.message_id)}
      className="my-1 block w-full rounded-lg border-accent border-s-4 bg-ink/5 px-2.5 py-1.5 text-start text-xs"
    >
      <span className="block font-medium text-accent">{quotedAuthor(preview, text)}</span>
      <span className="flex items-center gap-1 text-ink-soft">
        <TypeIcon type={preview.type} className="size-3.5 shrink-0" />
        <span dir="auto" className="plain-direction line-clamp-2 min-w-0 wrap-anywhere">
          {previewOf(preview, text) || "…"}
        </span>
      </span>
    </button>
  );
}

function quotedAuthor({ role }: ReplyPreview, text: ReturnType<typeof useText>): string {
  if (role === "user") return text("message_from_customer");
  return text(role === "bot" ? "message_from_bot" : "message_from_operator");
}
