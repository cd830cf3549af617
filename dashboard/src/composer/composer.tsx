/** The place to answer: a draft that cannot get lost, a quote, files, and what holds a send back. */
import { Mic, SendHorizontal, Text } from "lucide-react";
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import type { Capabilities, Selection } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { cameByPointer } from "../lib/keys.ts";
import { displayName } from "../lib/names.ts";
import { useCapabilities } from "../live/channels.ts";
import { useThinking, useTypistsIn } from "../live/colleagues.ts";
import { sendDraft, useTray } from "../live/compose.ts";
import { changeDraft, useDraft } from "../live/drafts.ts";
import { useScreen } from "../live/store.ts";
import { typingOn, typingOver } from "../live/telling.ts";
import { useWindowClosed } from "../live/window.ts";
import { Button } from "../ui/button.tsx";
import { later } from "../ui/later.tsx";
import { RoundButton } from "../ui/round-button.tsx";
import type { FormKind } from "./add-menu.tsx";
import { attachFiles, takesFiles } from "./attach.ts";
import { DropZone } from "./drop-zone.tsx";
import { Guard } from "./guard.tsx";
import { QuotedReply } from "./quoted-reply.tsx";
import { TypingLine } from "./typing-line.tsx";

// What stands here only now and then is loaded after the page.
const Copilot = later(() => import("./copilot.tsx"), null, null);
const AddMenu = later(() => import("./add-menu.tsx"), <span className="size-11 shrink-0" />);
const Tray = later(() => import("./tray.tsx"));
const Recorder = later(() => import("./recorder.tsx"), <span className="min-h-11 flex-1" />);
const Forms = later(() => import("./forms.tsx"));

/** WhatsApp's bound for the body of a text message. */
const CHARACTERS_MAX = 4096;

export function Composer({ selected }: { selected: Selection }) {
  const { conversation_id } = selected;
  const guarded = useScreen((state) =>
    state.pending.find((entry) => entry.conversation_id === conversation_id && entry.state === "guarded"),
  );
  const draft = useDraft(conversation_id);
  const files = useTray(conversation_id);
  const capabilities = useCapabilities(conversation_id);
  const isClosed = useWindowClosed(conversation_id);
  const typists = useTypistsIn(conversation_id);
  const isThinking = useThinking(conversation_id);
  const field = useRef<HTMLTextAreaElement>(null);
  const [form, setForm] = useForm(field);
  const [isSpeaking, setSpeaking] = useState(false);
  useFocusAfterClick(field);
  useEffect(() => () => typingOver(conversation_id), [conversation_id]);
  const back = () => field.current?.focus();
  const attach = !isClosed && takesFiles(capabilities) ? attachAnd(conversation_id, capabilities, back) : null;
  return (
    <footer className="border-line border-t bg-surface px-2 py-2 sm:px-4">
      <div className="mx-auto max-w-4xl">
        {guarded && <Guard pending={guarded} onEdit={back} />}
        {isClosed && <WindowNotice capabilities={capabilities} onTemplate={() => setForm("template")} />}
        {draft.reply && (
          <QuotedReply reply={draft.reply} onCancel={() => changeDraft(conversation_id, { reply: null })} />
        )}
        {files.length > 0 && <Tray files={files} capabilities={capabilities} />}
        <TypingLine typists={typists} isThinking={isThinking} />
        <div className="flex flex-wrap items-end gap-1 sm:gap-2">
          {capabilities && !isSpeaking && (
            <AddMenu
              capabilities={capabilities}
              isClosed={isClosed}
              onFiles={(chosen) => attach?.(chosen)}
              onForm={setForm}
            />
          )}
          {!isSpeaking && <Copilot selected={selected} isClosed={isClosed} />}
          {isSpeaking ? (
            <Recorder selected={selected} onDone={() => setSpeaking(false)} />
          ) : (
            <Writing
              selected={selected}
              field={field}
              canSpeak={!isClosed && files.length === 0 && capabilities?.kinds.includes("voice") === true}
              hasFiles={files.some(({ state }) => state !== "failed")}
              isClosed={isClosed}
              onSpeak={() => setSpeaking(true)}
            />
          )}
        </div>
      </div>
      <DropZone onFiles={attach} />
      {form && capabilities && (
        <Forms form={form} selected={selected} capabilities={capabilities} onClose={() => setForm(null)} />
      )}
    </footer>
  );
}

/** Which window is open. When it is gone the keys go on in the text; before, nothing beside it could have the focus. */
function useForm(field: RefObject<HTMLTextAreaElement | null>) {
  const [form, setForm] = useState<FormKind | null>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && form === null) field.current?.focus();
    wasOpen.current = form !== null;
  }, [form, field]);
  return [form, setForm] as const;
}

function attachAnd(conversation_id: string, capabilities: Capabilities | null, then: () => void) {
  return (files: File[]) => {
    if (capabilities) attachFiles(conversation_id, files, capabilities);
    then();
  };
}

interface WritingProps {
  selected: Selection;
  field: RefObject<HTMLTextAreaElement | null>;
  canSpeak: boolean;
  hasFiles: boolean;
  isClosed: boolean;
  onSpeak: () => void;
}

/** The text, and the button beside it: it sends, or begins to speak while there is nothing to send. */
function Writing({ selected, field, canSpeak, hasFiles, isClosed, onSpeak }: WritingProps) {
  const { conversation_id } = selected;
  const text = useText();
  const row = useScreen((state) => state.live.conversations[conversation_id]);
  const written = useDraft(conversation_id).text;
  const isTypedElsewhere = useTypistsIn(conversation_id).length > 0;
  const excess = [...written].length - CHARACTERS_MAX;
  const canSend = !isClosed && (written.trim() !== "" || hasFiles) && excess <= 0;
  const send = () => canSend && sendDraft(selected);
  const name = (row && displayName(row)) ?? text("unknown_customer");
  return (
    <>
      <div className="min-w-0 flex-1">
        <textarea
          ref={field}
          dir={written ? "auto" : undefined}
          rows={1}
          value={written}
          data-testid="composer"
          aria-label={text("composer_label", { name })}
          title={text("composer_hint")}
          placeholder={text(hasFiles ? "composer_caption" : "composer")}
          enterKeyHint="send"
          onChange={(event) => writeDraft(selected, event.target.value)}
          onBlur={() => typingOver(conversation_id)}
          onKeyDown={(event) => sendOnEnter(event, send)}
          className={`plain-direction grow-with-text block max-h-48 min-h-11 w-full resize-none rounded-3xl border bg-raised px-4 py-2.5 text-[0.9375rem] leading-snug placeholder:text-ink-faint ${isTypedElsewhere ? "border-warn" : "border-transparent focus:border-accent"}`}
        />
        {excess > 0 && <p className="pt-1 text-bad text-xs">{text("composer_too_long", { count: excess })}</p>}
      </div>
      {canSpeak && written.trim() === "" ? (
        <RoundButton label={text("voice_record")} testId="record" onClick={onSpeak}>
          <Mic aria-hidden="true" className="size-5" />
        </RoundButton>
      ) : (
        <RoundButton label={text("composer_send")} testId="send" disabled={!canSend} onClick={send}>
          <SendHorizontal aria-hidden="true" className="size-5 rtl:-scale-x-100" />
        </RoundButton>
      )}
    </>
  );
}

function writeDraft(selected: Selection, text: string): void {
  changeDraft(selected.conversation_id, { text });
  if (text.trim() === "") typingOver(selected.conversation_id);
  else typingOn(selected);
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

/** Why nothing can be sent as it is, and what can be sent instead. What was written stays where it is. */
function WindowNotice({ capabilities, onTemplate }: { capabilities: Capabilities | null; onTemplate: () => void }) {
  const text = useText();
  return (
    <div
      data-testid="window-closed"
      className="mb-2 flex flex-wrap items-center justify-between gap-2 rounded-2xl bg-warn-soft px-3 py-2 text-warn text-xs"
    >
      <p role="status" className="min-w-48 flex-1">
        {text("details_window_closed")}
      </p>
      {capabilities?.kinds.includes("template") && (
        <Button look="primary" testId="choose-template" icon={<Text aria-hidden="true" />} onClick={onTemplate}>
          {text("template_choose")}
        </Button>
      )}
    </div>
  );
}
