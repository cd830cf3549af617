/** Help for whoever answers: a suggested reply, the text rewritten, a summary. All of it on request, and sent by nobody but them. */
import { useQuery } from "@tanstack/react-query";
import { Languages, ListCollapse, Scissors, Smile, Sparkles } from "lucide-react";
import { useEffect, useRef } from "react";
import { assistantSettings } from "../api/assistant.ts";
import type { Selection } from "../api/types.ts";
import { useText } from "../i18n/desk.ts";
import { useLanguage } from "../i18n/index.ts";
import { letterOf } from "../lib/keys.ts";
import { languageName } from "../lib/languages.ts";
import { useDraft } from "../live/drafts.ts";
import { useScreen } from "../live/store.ts";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { CopilotPanel } from "./copilot-panel.tsx";
import { closeHelp, offerSummary, rewrite, SETTINGS_KEY, suggest, summarise, useHelp } from "./help.ts";

/** With Ctrl or ⌘: whoever writes has the hands on the keys, where plain letters are text. */
const SUGGEST_KEY = "j";
const SUGGEST_KEYS = /Mac|iP(hone|ad)/.test(navigator.userAgent) ? "⌘J" : "Ctrl+J";
const USUAL = ["en", "ar", "fr"];

export default function Copilot({ selected, isClosed }: { selected: Selection; isClosed: boolean }) {
  const isOn = useIsOn(selected.conversation_id);
  return isOn ? <Offered selected={selected} isClosed={isClosed} /> : null;
}

/** Whether it is offered on this number. */
function useIsOn(conversation_id: string): boolean {
  const { data } = useQuery({ queryKey: SETTINGS_KEY, queryFn: assistantSettings, staleTime: 60_000, retry: false });
  const channel_id = useScreen(({ live }) => live.conversations[conversation_id]?.channel.channel_id);
  const channel = (data?.channels ?? []).find((one) => one.channel_id === channel_id);
  return channel?.effective.copilot ?? false;
}

function Offered({ selected, isClosed }: { selected: Selection; isClosed: boolean }) {
  const text = useText();
  const help = useHelp(selected.conversation_id);
  const isEmpty = useDraft(selected.conversation_id).text === "";
  // What was made is sent, or thrown away, and there is nothing to go back to.
  const isOver = help?.state === "made" && isEmpty && help.isPlaced && help.other.trim() === "";
  useEffect(() => {
    if (isOver) closeHelp(selected.conversation_id);
  }, [isOver, selected.conversation_id]);
  useSummaryOffer(selected.conversation_id);
  useSuggestKey(() => !isClosed && void suggest(selected));
  return (
    <>
      {help && <CopilotPanel selected={selected} help={help} />}
      <Menu
        label={text("copilot")}
        testId="copilot"
        icon={<Sparkles aria-hidden="true" />}
        disabled={help?.state === "busy"}
      >
        {(close) => <Choices selected={selected} isClosed={isClosed} onDone={close} />}
      </Menu>
    </>
  );
}

interface ChoicesProps {
  selected: Selection;
  isClosed: boolean;
  onDone: () => void;
}

function Choices({ selected, isClosed, onDone }: ChoicesProps) {
  const text = useText();
  const page = useLanguage((state) => state.language);
  const hasText = useDraft(selected.conversation_id).text.trim() !== "";
  const spoken = useScreen(({ live }) => live.conversations[selected.conversation_id]?.language);
  const languages = [...new Set([...(spoken ? [spoken] : []), ...USUAL])];
  const chosen = (help: Promise<void>) => {
    onDone();
    void help;
  };
  return (
    <>
      {!isClosed && (
        <MenuItem testId="copilot-suggest" icon={<Sparkles />} onClick={() => chosen(suggest(selected))}>
          {text("copilot_suggest")} <kbd className="ms-2 text-ink-faint text-xs">{SUGGEST_KEYS}</kbd>
        </MenuItem>
      )}
      {hasText && (
        <>
          <MenuItem testId="copilot-shorter" icon={<Scissors />} onClick={() => chosen(rewrite(selected, "shorter"))}>
            {text("copilot_shorter")}
          </MenuItem>
          <MenuItem
            testId="copilot-friendlier"
            icon={<Smile />}
            onClick={() => chosen(rewrite(selected, "friendlier"))}
          >
            {text("copilot_friendlier")}
          </MenuItem>
          {languages.map((code) => (
            <MenuItem
              key={code}
              testId={`copilot-translate-${code}`}
              icon={<Languages />}
              onClick={() => chosen(rewrite(selected, "translate", code))}
            >
              {text("copilot_translate", { language: languageName(page, code) })}
            </MenuItem>
          ))}
        </>
      )}
      <MenuItem testId="copilot-summary" icon={<ListCollapse />} onClick={() => chosen(summarise(selected))}>
        {text("copilot_summary")}
      </MenuItem>
    </>
  );
}

/** Whoever has just taken a conversation over may want to know what was said so far. */
function useSummaryOffer(conversation_id: string): void {
  const isMine = useScreen(({ live }) => {
    const row = live.conversations[conversation_id];
    return row?.status === "human" && row.operator_id === live.operator_id;
  });
  const wasMine = useRef(isMine);
  useEffect(() => {
    if (isMine && !wasMine.current) offerSummary(conversation_id);
    wasMine.current = isMine;
  }, [isMine, conversation_id]);
}

function useSuggestKey(act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const isIt =
        (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && letterOf(event) === SUGGEST_KEY;
      if (!isIt || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      if (!event.repeat) latest.current();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
