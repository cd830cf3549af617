/** One message: who said it, what, when, and how far it got. */
import { memo } from "react";
import type { Message } from "../api/types.ts";
import { Content } from "../content/content.tsx";
import { stateOf } from "../content/media.ts";
import { useText } from "../i18n/index.ts";
import type { Pending } from "../live/pending.ts";
import { later } from "../ui/later.tsx";
import { BubbleActions } from "./bubble-actions.tsx";
import { BubbleFoot } from "./bubble-foot.tsx";
import { PendingActions } from "./pending-actions.tsx";
import { Quote } from "./quote.tsx";
import { Reactions } from "./reactions.tsx";
import { SystemLine } from "./system-line.tsx";
import { UnsettledActions } from "./unsettled-actions.tsx";

// What belongs to the assistant alone comes after the page. The room is kept, or all that is above it would move.
const AnswerFoot = later(() => import("../teaching/answer-foot.tsx"), <div className="h-8" />, null);
const HandoverLine = later(() => import("../teaching/handover-line.tsx"), <div className="h-16" />);
const IdleLine = later(() => import("../teaching/idle-line.tsx"), <div className="h-6" />);

export interface BubbleProps {
  message: Message;
  pending: Pending | null;
  isFirstOfGroup: boolean;
  isLastOfGroup: boolean;
  isOwn: boolean;
  isFlashed: boolean;
  onQuote: (message_id: string) => void;
  onTrace: (message: Message) => void;
}

export const MessageBubble = memo(function MessageBubble(props: BubbleProps) {
  const { message, pending, isLastOfGroup, isFlashed } = props;
  const isSystem = message.role === "system";
  return (
    <article
      data-testid="message"
      data-message-id={message.message_id}
      data-sequence={message.sequence}
      data-status={message.status ?? ""}
      data-role={message.role}
      data-pending={pending?.state}
      className={`group flex flex-col rounded-2xl pt-0.5 ${isLastOfGroup ? "pb-2" : ""} ${isFlashed ? "flash" : ""} ${isSystem ? "items-center" : message.is_user ? "items-start" : "items-end"}`}
    >
      {isSystem ? <Noted message={message} /> : <Bubble {...props} />}
      {pending && <PendingActions pending={pending} />}
      {message.status === "unknown" && <UnsettledActions message={message} />}
    </article>
  );
});

function Noted({ message }: { message: Message }) {
  if (message.metadata.handover) return <HandoverLine message={message} />;
  return message.metadata.idle ? <IdleLine message={message} /> : <SystemLine message={message} />;
}

function Bubble({ message, pending, isFirstOfGroup, isOwn, onQuote, onTrace }: BubbleProps) {
  return (
    <div className={`flex max-w-[88%] items-center gap-1 sm:max-w-[75%] ${message.is_user ? "" : "flex-row-reverse"}`}>
      <div className="min-w-0">
        <div
          className={`relative rounded-2xl px-3 pt-1.5 pb-1 ${isBare(message) ? "" : "shadow-xs"} ${groundOf(message)} ${isFirstOfGroup ? (message.is_user ? "rounded-ss-md" : "rounded-se-md") : ""}`}
        >
          {isFirstOfGroup && <Author message={message} isOwn={isOwn} />}
          {message.reply_preview && <Quote preview={message.reply_preview} onOpen={onQuote} />}
          <Content message={message} />
          <BubbleFoot message={message} pending={pending} />
          {message.metadata.assistant && !message.deleted_at ? <AnswerFoot message={message} /> : null}
        </div>
        <Reactions message={message} />
      </div>
      {!pending && <BubbleActions message={message} onTrace={onTrace} />}
    </div>
  );
}

function groundOf(message: Message): string {
  if (isBare(message)) return "";
  if (message.is_user) return "bg-bubble-in";
  return message.role === "bot" ? "bg-bubble-bot" : "bg-bubble-out";
}

/** A sticker stands on the ground of the conversation, as on a phone. */
function isBare({ type, media, reply_preview, deleted_at }: Message): boolean {
  return type === "sticker" && !reply_preview && !deleted_at && stateOf(media) === "ready";
}

/** The customer needs no name, there is only one; on our side it matters who it was. */
function Author({ message, isOwn }: { message: Message; isOwn: boolean }) {
  const text = useText();
  if (message.is_user || (isOwn && message.handled_by !== "phone")) return null;
  return (
    <p
      className={`plain-direction font-medium text-xs ${message.role === "bot" ? "text-read" : "text-accent"}`}
      dir="auto"
    >
      {authorOf(message, text)}
    </p>
  );
}

function authorOf(message: Message, text: ReturnType<typeof useText>): string {
  if (message.handled_by === "phone") return text("message_from_phone");
  if (message.role === "bot") return text("message_from_bot");
  return message.operator_name ?? text("message_from_operator");
}
