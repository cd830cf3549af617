/** Who else is there, where they look and whether they type: told in passing, true for a moment, and never kept. */
import { create } from "zustand";
import { useShallow } from "zustand/react/shallow";
import type { Colleague, LiveEvent } from "../api/types.ts";
import { useScreen } from "./store.ts";

/** Whoever types says so again before this is over; who is not heard of has stopped, or lost the line. */
export const TYPING_MS = 6000;
/** The assistant says when it begins and when it ends; should the end get lost, it has surely ended by then. */
export const THINKING_MS = 100_000;

export interface Typist {
  operator_id: string;
  name: string;
  conversation_id: string;
  until: number;
}

export interface Colleagues {
  /** This screen's own operator, who is no colleague. */
  me: string;
  online: Record<string, Colleague>;
  /** An operator types in one conversation at a time: the one that was named last. */
  typists: Record<string, Typist>;
  /** The conversations in which the assistant makes an answer, and until when that is believed. */
  thinking: Record<string, number>;
}

export function nobody(me: string): Colleagues {
  return { me, online: {}, typists: {}, thinking: {} };
}

/** What the colleagues are after something was told. Other kinds of events change nothing. */
export function hear(state: Colleagues, event: LiveEvent, now: number): Colleagues {
  if (event.event === "presence") return hearPresence(state, event.data as unknown as Presence);
  if (event.event === "typing") return hearTyping(state, event.data as unknown as Typing, now);
  return state;
}

interface Presence {
  operators: Colleague[];
  /** Whoever is not named is not there. */
  whole: boolean;
}

function hearPresence(state: Colleagues, { operators, whole }: Presence): Colleagues {
  const online = whole ? {} : { ...state.online };
  for (const colleague of operators) {
    if (!colleague.online) delete online[colleague.operator_id];
    else if (colleague.operator_id !== state.me) online[colleague.operator_id] = colleague;
  }
  // A line that was cut may have lost the end of an answer.
  return { ...state, online, thinking: whole ? {} : state.thinking };
}

interface Typing {
  conversation_id: string;
  /** Null is the assistant. */
  operator_id: string | null;
  name: string;
  typing: boolean;
}

function hearTyping(state: Colleagues, told: Typing, now: number): Colleagues {
  const { operator_id, name, conversation_id, typing } = told;
  if (operator_id === null) return hearThinking(state, told, now);
  if (operator_id === state.me) return state;
  const { [operator_id]: before, ...others } = state.typists;
  if (typing) {
    const typist = { operator_id, name, conversation_id, until: now + TYPING_MS };
    return { ...state, typists: { ...others, [operator_id]: typist } };
  }
  // That somebody stopped elsewhere does not end what they began here meanwhile.
  return before?.conversation_id === conversation_id ? { ...state, typists: others } : state;
}

function hearThinking(state: Colleagues, { conversation_id, typing }: Typing, now: number): Colleagues {
  const { [conversation_id]: _before, ...others } = state.thinking;
  return { ...state, thinking: typing ? { ...others, [conversation_id]: now + THINKING_MS } : others };
}

/** Forgets whoever was not heard of for too long. */
export function forgetSilent(state: Colleagues, now: number): Colleagues {
  const typing = Object.entries(state.typists).filter(([, { until }]) => until > now);
  const thinking = Object.entries(state.thinking).filter(([, until]) => until > now);
  if (typing.length === sizeOf(state.typists) && thinking.length === sizeOf(state.thinking)) return state;
  return { ...state, typists: Object.fromEntries(typing), thinking: Object.fromEntries(thinking) };
}

function sizeOf(record: object): number {
  return Object.keys(record).length;
}

export const useColleagues = create<Colleagues>()(() => nobody(""));

let silence: ReturnType<typeof setTimeout> | undefined;

export function resetColleagues(me: string): void {
  clearTimeout(silence);
  useColleagues.setState(nobody(me));
}

/** Takes what was told; false when it is no business of this file. */
export function hearColleague(event: LiveEvent): boolean {
  if (event.event !== "presence" && event.event !== "typing") return false;
  useColleagues.setState((state) => hear(state, event, Date.now()));
  listenForSilence();
  return true;
}

/** Everyone who is there, as the server would say it: for a tab that has just been opened. */
export function presenceNow(): LiveEvent {
  const operators = Object.values(useColleagues.getState().online);
  return { event: "presence", id: null, data: { operators, whole: true } };
}

function listenForSilence(): void {
  clearTimeout(silence);
  const { typists, thinking } = useColleagues.getState();
  const ends = [...Object.values(typists).map(({ until }) => until), ...Object.values(thinking)];
  if (ends.length === 0) return;
  silence = setTimeout(
    () => {
      useColleagues.setState((state) => forgetSilent(state, Date.now()));
      listenForSilence();
    },
    Math.max(0, Math.min(...ends) - Date.now()) + 1,
  );
}

/** The colleagues who look at a conversation, or type in it. */
export function useColleaguesIn(conversation_id: string): Colleague[] {
  return useColleagues(
    useShallow(({ online }) => byName(Object.values(online).filter((one) => one.conversation_id === conversation_id))),
  );
}

export function useTypistsIn(conversation_id: string): Typist[] {
  return useColleagues(
    useShallow(({ typists }) =>
      byName(Object.values(typists).filter((one) => one.conversation_id === conversation_id)),
    ),
  );
}

/** Whether the assistant makes an answer there that it may send: what it only tries out is nobody's wait. */
export function useThinking(conversation_id: string): boolean {
  const isMade = useColleagues(({ thinking }) => conversation_id in thinking);
  const isIts = useScreen(({ live }) => live.conversations[conversation_id]?.status === "bot");
  return isMade && isIts;
}

export function useOnline(): Colleague[] {
  return useColleagues(useShallow(({ online }) => byName(Object.values(online))));
}

function byName<Named extends { name: string; operator_id: string }>(people: Named[]): Named[] {
  return people.sort(
    (one, other) => one.name.localeCompare(other.name) || one.operator_id.localeCompare(other.operator_id),
  );
}
