/** What was typed and not yet sent, per conversation and operator; it survives a reload. */
import { create } from "zustand";
import type { ReplyPreview } from "../api/types.ts";

export interface Draft {
  text: string;
  reply: ReplyPreview | null;
}

const EMPTY: Draft = { text: "", reply: null };
let storageKey = "";

export const useDrafts = create<Record<string, Draft>>()(() => ({}));

export function useDraft(conversation_id: string): Draft {
  return useDrafts((drafts) => drafts[conversation_id] ?? EMPTY);
}

export function draftOf(conversation_id: string): Draft {
  return useDrafts.getState()[conversation_id] ?? EMPTY;
}

export function changeDraft(conversation_id: string, change: Partial<Draft>): void {
  const draft = { ...draftOf(conversation_id), ...change };
  const { [conversation_id]: _old, ...others } = useDrafts.getState();
  const drafts = draft.text || draft.reply ? { ...others, [conversation_id]: draft } : others;
  useDrafts.setState(drafts, true);
  if (storageKey) localStorage.setItem(storageKey, JSON.stringify(drafts));
}

export function openDrafts(key: string): void {
  storageKey = `wasl.drafts.${key}`;
  useDrafts.setState(JSON.parse(localStorage.getItem(storageKey) ?? "{}"), true);
}

/** `forget` at a log-out; a session that merely ran out must not cost anybody's half-written answer. */
export function closeDrafts(forget: boolean): void {
  if (forget && storageKey) localStorage.removeItem(storageKey);
  storageKey = "";
  useDrafts.setState({}, true);
}
