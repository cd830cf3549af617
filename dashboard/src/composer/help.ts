/**
 * What the copilot was asked for in each conversation, and what came of it.
 *
 * What it makes goes into the composer only where that is still before the eyes of whoever asked, and nobody has written
 * on meanwhile; a suggestion moreover only into an empty one. Otherwise it stands above, to be taken by a press. What a
 * rewriting took the place of stays at hand, so that nothing that was typed is lost.
 */
import { create } from "zustand";
import { type Rewriting, rewriteText, type Source, suggestReply, summariseConversation } from "../api/assistant.ts";
import { ApiError } from "../api/client.ts";
import type { NoteTold, Selection } from "../api/types.ts";
import { useLanguage } from "../i18n/index.ts";
import { changeDraft, draftOf } from "../live/drafts.ts";
import { liveNow, useScreen } from "../live/store.ts";

export const SETTINGS_KEY = ["assistant settings"];

export type HelpKind = "suggest" | "rewrite" | "summary";

interface Suggested {
  state: "made";
  kind: "suggest" | "rewrite";
  /** Of the two texts the one that is not in the composer. */
  other: string;
  /** Whether that is what was typed; else it is what was made. */
  isPlaced: boolean;
  sources: Source[];
  confidence: number | null;
}

export type Help =
  | { state: "offered" }
  | { state: "busy"; kind: HelpKind }
  | Suggested
  | { state: "summary"; text: string }
  /** Nothing that is known helps, perhaps for a reason. */
  | { state: "nothing"; noted: NoteTold | null }
  | { state: "failed"; kind: HelpKind; failure: ApiError };

interface Helped {
  /** Whose screen it was: what was made for one person is shown to no other. */
  operator_id: string;
  all: Record<string, Help | undefined>;
}

const useHelped = create<Helped>()(() => ({ operator_id: "", all: {} }));

export function useHelp(conversation_id: string): Help | undefined {
  return useHelped((helped) => helpIn(helped, conversation_id));
}

function helpIn({ operator_id, all }: Helped, conversation_id: string): Help | undefined {
  return operator_id === liveNow().operator_id ? all[conversation_id] : undefined;
}

export function closeHelp(conversation_id: string): void {
  show(conversation_id, undefined);
}

export function offerSummary(conversation_id: string): void {
  if (!helpIn(useHelped.getState(), conversation_id)) show(conversation_id, { state: "offered" });
}

export function suggest(selected: Selection): Promise<void> {
  const { conversation_id, user_id } = selected;
  return asked(conversation_id, "suggest", async (typed) => {
    const { text, sources, confidence, ...noted } = await suggestReply(conversation_id, user_id);
    return { kind: "suggest", typed, text, sources, confidence, noted };
  });
}

export function rewrite({ conversation_id }: Selection, how: Rewriting, language: string | null = null): Promise<void> {
  return asked(conversation_id, "rewrite", async (typed) => {
    const { text } = await rewriteText(typed, how, language);
    return { kind: "rewrite", typed, text, sources: [], confidence: null, noted: null };
  });
}

export function summarise({ conversation_id, user_id }: Selection): Promise<void> {
  return asked(conversation_id, "summary", async () => {
    const { text } = await summariseConversation(conversation_id, user_id, useLanguage.getState().language);
    return { state: "summary", text };
  });
}

/** The text in the composer and the other one change places. */
export function exchange(conversation_id: string, help: Suggested): void {
  const { text } = draftOf(conversation_id);
  changeDraft(conversation_id, { text: help.other });
  show(conversation_id, { ...help, other: text, isPlaced: !help.isPlaced });
}

type Work = (typed: string) => Promise<Made | Extract<Help, { state: "summary" }>>;

async function asked(conversation_id: string, kind: HelpKind, work: Work): Promise<void> {
  if (helpIn(useHelped.getState(), conversation_id)?.state === "busy") return;
  const { operator_id } = liveNow();
  const tell = (help: () => Help) => {
    if (liveNow().operator_id === operator_id) show(conversation_id, help());
    // Somebody else sits at this screen by now. Whoever comes back may ask anew.
    else if (useHelped.getState().operator_id === operator_id) show(conversation_id, undefined, operator_id);
  };
  tell(() => ({ state: "busy", kind }));
  try {
    const made = await work(draftOf(conversation_id).text);
    tell(() => ("state" in made ? made : placed(conversation_id, made)));
  } catch (reason) {
    if (!(reason instanceof ApiError)) throw reason;
    tell(() => ({ state: "failed", kind, failure: reason }));
  }
}

interface Made extends Pick<Suggested, "kind" | "sources" | "confidence"> {
  /** What stood in the composer when it was asked for. */
  typed: string;
  text: string | null;
  noted: NoteTold | null;
}

function placed(conversation_id: string, { typed, text, kind, sources, confidence, noted }: Made): Help {
  if (!text?.trim()) return { state: "nothing", noted };
  const isUntouched = draftOf(conversation_id).text === typed && (kind === "rewrite" || typed.trim() === "");
  const isPlaced = isUntouched && useScreen.getState().selected?.conversation_id === conversation_id;
  if (isPlaced) changeDraft(conversation_id, { text });
  return { state: "made", kind, other: isPlaced ? typed : text, isPlaced, sources, confidence };
}

function show(conversation_id: string, help: Help | undefined, operator_id = liveNow().operator_id): void {
  const helped = useHelped.getState();
  const others = helped.operator_id === operator_id ? helped.all : {};
  useHelped.setState({ operator_id, all: { ...others, [conversation_id]: help } });
}
