/** The one store of the screen. What events change is published at most once per frame. */
import { create } from "zustand";
import type { ListKind, LiveEvent, Selection } from "../api/types.ts";
import { apply, applyContents } from "./apply.ts";
import { furthest, sequenceOf } from "./cursor.ts";
import { type Pending, settle } from "./pending.ts";
import { emptyState, type LiveState } from "./state.ts";
import type { View } from "./views.ts";

export type Phase = "live" | "catching-up" | "offline";

export interface Screen {
  live: LiveState;
  phase: Phase;
  views: Record<string, View>;
  visible: { status: ListKind; search: string };
  selected: Selection | null;
  pending: Pending[];
}

const blank = (operator_id: string): Screen => ({
  live: emptyState(operator_id),
  phase: "catching-up",
  views: {},
  visible: { status: null, search: "" },
  selected: null,
  pending: [],
});

export const useScreen = create<Screen>()(() => blank(""));

/** Events that a page of an older position may still lack. */
const RECENT_EVENTS_MAX = 1000;
/** Hidden tabs get no animation frames; they still must not fall behind. */
const PUBLISH_HIDDEN_MS = 100;

let current = useScreen.getState().live;
let recent: LiveEvent[] = [];
let forgottenUpTo = -1;
let replacements = 0;
let publishing = false;

export function resetScreen(operator_id: string): void {
  const { visible, selected } = useScreen.getState();
  current = emptyState(operator_id);
  forgetEvents();
  useScreen.setState({ ...blank(operator_id), live: current, visible, selected });
}

/** The newest state, perhaps not painted yet. */
export function liveNow(): LiveState {
  return current;
}

export function applyEvent(event: LiveEvent): void {
  current = apply(current, event);
  recent.push(event);
  if (recent.length > RECENT_EVENTS_MAX) forgottenUpTo = recent.shift()?.data.sequence as number;
  publishSoon();
}

export function advanceCursor(cursor: string): void {
  current = { ...current, cursor: furthest(current.cursor, cursor) };
  publishSoon();
}

export function changeLive(change: (live: LiveState) => LiveState): void {
  current = change(current);
  publish();
}

/**
 * Joins something that was read at `as_of` with the state, then repeats what happened after it: an update of a message
 * that was not held when its event came would be lost otherwise. False when that reaches back too far to be sure.
 */
export function mergeReadAt(as_of: string, merge: (live: LiveState) => LiveState): boolean {
  const position = sequenceOf(as_of);
  if (position < forgottenUpTo) return false;
  const later = recent.filter((event) => (event.data.sequence as number) > position);
  changeLive((live) => later.reduce(applyContents, merge(live)));
  return true;
}

/** How often everything held was replaced: a page that was asked for before that belongs to another screen. */
export function screenNumber(): number {
  return replacements;
}

/** Puts a wholly new state in place of everything held. */
export function replaceLive(live: LiveState, views: Record<string, View>): void {
  current = live;
  replacements += 1;
  forgetEvents();
  useScreen.setState({ live, views });
}

export function publish(): void {
  publishing = false;
  const { live, pending } = useScreen.getState();
  if (live === current) return;
  useScreen.setState({ live: current, pending: pending.length > 0 ? settle(pending, knownIds(pending)) : pending });
}

/** Client ids of those pending messages that the state holds by now. */
function knownIds(pending: Pending[]): string[] {
  const wanted = new Set(pending.map((entry) => entry.client_message_id));
  const conversations = new Set(pending.map((entry) => entry.conversation_id));
  return [...conversations].flatMap((id) =>
    (current.threads[id]?.messages ?? []).flatMap(({ client_message_id }) =>
      client_message_id !== null && wanted.has(client_message_id) ? [client_message_id] : [],
    ),
  );
}

function publishSoon(): void {
  if (publishing) return;
  publishing = true;
  if (document.visibilityState === "visible") requestAnimationFrame(publish);
  setTimeout(() => publishing && publish(), PUBLISH_HIDDEN_MS);
}

function forgetEvents(): void {
  recent = [];
  forgottenUpTo = -1;
}
