/** The place to answer: a draft that cannot get lost, a quote, and what holds a send back. */
import { SendHorizontal } from "lucide-react";
import { type KeyboardEvent, type RefObject, useEffect, useRef } from "react";
import type { Selection } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { cameByPointer } from "../lib/keys.ts";
import { displayName } from "../lib/names.ts";
import { useNow } from "../lib/now.ts";
import { useTypistsIn } from "../live/colleagues.ts";
import { changeDraft, draftOf, useDraft } from "../live/drafts.ts";
import { write } from "../live/outbox.ts";
import { seenSequence } from "../live/seen.ts";
import { useScreen } from "../live/store.ts";
import { typingOn, typingOver } from "../live/telling.ts";
import { Guard } from "./guard.tsx";
import { QuotedReply } from "./quoted-reply.tsx";
import { TypingLine } from "./typing-line.tsx";

/** WhatsApp's bound for the body of a text message. */
const CHARACTERS_MAX = 4096;

export function Composer({ selected }: { selected: Selection }) {
  const { conversation_id } = selected;
  const text = useText();
  const row = useScreen((state) => state.live.conversations[conversation_id]);
  const guarded = useScreen((state) =>
    state.pending.find((entry) => entry.conversation_id === conversation_id && entry.state === "guarded"),
  );
  const draft = useDraft(conversation_id);
  const field = useRef<HTMLTextAreaElement>(null);
  useFocusAfterClick(field);
  const excess = [...draft.text].length - CHARACTERS_MAX;
  const canSend = draft.text.trim() !== "" && excess <= 0;
  const send = () => canSend && sendDraft(selected);
  const typists = useTypistsIn(conversation_id);
  useEffect(() => () => typingOver(conversation_id), [conversation_id]);
  const name = (row && displayName(row)) ?? text("unknown_customer");
  return (
    <footer className="border-line border-t bg-surface px-2 py-2 sm:px-4">
      <div className="mx-auto max-w-4xl">
        {guarded && <Guard pending={guarded} onEdit={() => field.current?.focus()} />}
        <WindowNotice expires_at={row?.window_expires_at ?? null} />
        {draft.reply && (
          <QuotedReply reply={draft.reply} onCancel={() => changeDraft(conversation_id, { reply: null })} />
        )}
        <TypingLine typists={typists} />
        <div className="flex items-end gap-2">
          <textarea
            ref={field}
            dir={draft.text ? "auto" : undefined}
            rows={1}
            value={draft.text}
            data-testid="composer"
            aria-label={text("composer_label", { name })}
            title={text("composer_hint")}
            placeholder={text("composer")}
            enterKeyHint="send"
            onChange={(event) => writeDraft(selected, event.target.value)}
            onBlur={() => typingOver(conversation_id)}
            onKeyDown={(event) => sendOnEnter(event, send)}
            className={`plain-direction grow-with-text max-h-48 min-h-11 w-full flex-1 resize-none rounded-3xl border bg-raised px-4 py-2.5 text-[0.9375rem] leading-snug placeholder:text-ink-faint ${typists.length > 0 ? "border-warn" : "border-transparent focus:border-accent"}`}
          />
          <SendButton disabled={!canSend} onClick={send} />
        </div>
        {excess > 0 && <p className="pt-1 text-bad text-xs">{text("composer_too_long", { count: excess })}</p>}
      </div>
    </footer>
  );
}

function SendButton({ disabled, onClick }: { disabled: boolean; onClick: () => void }) {
  const text = useText();
  return (
    <button
      type="button"
      data-testid="send"
      aria-label={text("composer_send")}
      title={text("composer_send")}
      disabled={disabled}
      onClick={onClick}
      className="grid size-11 shrink-0 place-items-center rounded-full bg-accent text-accent-ink transition-opacity disabled:opacity-40"
    >
      <SendHorizontal aria-hidden="true" className="size-5 rtl:-scale-x-100" />
    </button>
  );
}

function writeDraft(selected: Selection, text: string): void {
  changeDraft(selected.conversation_id, { text });
  if (text.trim() === "") typingOver(selected.conversation_id);
  else typingOn(selected);
}

function sendDraft({ conversation_id, user_id }: Selection): void {
  const { text, reply } = draftOf(conversation_id);
  write({
    conversation_id,
    user_id,
    content: text.trim(),
    reply_preview: reply,
    seen_sequence: seenSequence(conversation_id),
  });
  changeDraft(conversation_id, { text: "", reply: null });
  typingOver(conversation_id);
}

function sendOnEnter(event: KeyboardEvent, send: () => void): void {
  // While an input method composes, Enter chooses a word.
  if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
  event.preventDefault();
  send();
}

/** Whoever opened the conversation with a mouse may type at once; keys go on through the list, and on a phone the keyboard would cover half of what one came to read. */
function useFocusAfterClick(field: RefObject<HTMLTextAreaElement | null>): void {
  useEffect(() => {
    if (cameByPointer() && window.matchMedia("(min-width: 641px) and (hover: hover)").matches) field.current?.focus();
  }, [field]);
}

function WindowNotice({ expires_at }: { expires_at: string | null }) {
  const text = useText();
  const now = useNow();
  if (!expires_at || Date.parse(expires_at) > now.getTime()) return null;
  return (
    <p data-testid="window-closed" className="mb-2 rounded-xl bg-warn-soft px-3 py-1.5 text-warn text-xs">
      {text("details_window_closed")}
    </p>
  );
}
