import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Colleague, LiveEvent } from "../api/types.ts";
import { KARIM, OMAR, RANA, SARA } from "../house/cast.ts";
import {
  type Colleagues,
  forgetSilent,
  hear,
  hearColleague,
  nobody,
  presenceNow,
  resetColleagues,
  THINKING_MS,
  TYPING_MS,
  useColleagues,
} from "./colleagues.ts";

const LINA = { operator_id: "3", name: "Lina" };
const there = (who: typeof OMAR, change: Partial<Colleague> = {}): Colleague => ({
  ...who,
  status: "available",
  online: true,
  conversation_id: null,
  ...change,
});
const presence = (operators: Colleague[], whole = false): LiveEvent => ({
  event: "presence",
  id: null,
  data: { operators, whole },
});
const typing = (who: typeof OMAR, conversation_id = RANA, isTyping = true): LiveEvent => ({
  event: "typing",
  id: null,
  data: { ...who, conversation_id, typing: isTyping },
});
const told = (...events: LiveEvent[]): Colleagues =>
  events.reduce((state, event) => hear(state, event, 1000), nobody(SARA.operator_id));
const namesOf = (people: Record<string, { name: string }>) => Object.values(people).map(({ name }) => name);

describe("who is there", () => {
  it("is whoever came and did not leave, but not oneself", () => {
    const state = told(presence([there(SARA), there(OMAR)], true), presence([there(LINA)]));
    expect(namesOf(state.online)).toEqual(["Omar", "Lina"]);
    expect(namesOf(hear(state, presence([there(OMAR, { online: false })]), 0).online)).toEqual(["Lina"]);
  });

  it("is begun anew by a whole state", () => {
    expect(namesOf(told(presence([there(OMAR)]), presence([there(LINA)], true)).online)).toEqual(["Lina"]);
  });

  it("follows where they look and how they are", () => {
    const state = told(presence([there(OMAR)]), presence([there(OMAR, { conversation_id: RANA, status: "busy" })]));
    expect(state.online[OMAR.operator_id]).toMatchObject({ conversation_id: RANA, status: "busy" });
  });

  it("leaves every state that it is given as it was", () => {
    const state = told(presence([there(OMAR)]), typing(OMAR));
    const before = structuredClone(state);
    hear(state, presence([there(OMAR, { online: false }), there(LINA)]), 0);
    hear(state, typing(OMAR, RANA, false), 0);
    forgetSilent(state, 1e12);
    expect(state).toEqual(before);
  });
});

describe("who types", () => {
  it("is forgotten by a stop, and by silence", () => {
    const state = told(typing(OMAR), typing(LINA));
    expect(namesOf(state.typists)).toEqual(["Omar", "Lina"]);
    expect(namesOf(hear(state, typing(OMAR, RANA, false), 1000).typists)).toEqual(["Lina"]);
    const later = hear(state, typing(LINA), 1000 + TYPING_MS / 2);
    expect(namesOf(forgetSilent(later, 1000 + TYPING_MS).typists)).toEqual(["Lina"]);
    expect(forgetSilent(later, 1000)).toBe(later);
  });

  it("types in one conversation at a time: a late stop elsewhere changes nothing", () => {
    const state = told(typing(OMAR, RANA), typing(OMAR, KARIM), typing(OMAR, RANA, false));
    expect(Object.values(state.typists)).toMatchObject([{ conversation_id: KARIM }]);
  });

  it("is never oneself at another screen", () => {
    expect(told(typing(SARA))).toEqual(nobody(SARA.operator_id));
  });
});

describe("the assistant", () => {
  const thinks = (isMade: boolean, conversation_id = RANA): LiveEvent => ({
    event: "typing",
    id: null,
    data: { conversation_id, operator_id: null, typing: isMade },
  });

  it("writes in many conversations at once, in each until it says that it has ended", () => {
    const state = told(thinks(true), thinks(true, KARIM), typing(OMAR));
    expect(Object.keys(state.thinking).sort()).toEqual([RANA, KARIM].sort());
    expect(namesOf(state.typists)).toEqual(["Omar"]);
    expect(Object.keys(hear(state, thinks(false), 1000).thinking)).toEqual([KARIM]);
  });

  it("is believed to have ended when the end was lost", () => {
    const state = told(thinks(true));
    expect(forgetSilent(state, 1000 + THINKING_MS - 1)).toBe(state);
    expect(forgetSilent(state, 1000 + THINKING_MS).thinking).toEqual({});
    expect(hear(state, presence([], true), 1000).thinking).toEqual({});
  });
});

describe("what is told in passing", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    resetColleagues(SARA.operator_id);
  });
  afterEach(() => {
    resetColleagues("");
    vi.useRealTimers();
  });

  it("is taken out of the stream; all else goes on to the log's rules", () => {
    expect(hearColleague(presence([there(OMAR)], true))).toBe(true);
    expect(hearColleague(typing(OMAR))).toBe(true);
    expect(hearColleague({ event: "heartbeat", id: "1-aa", data: { sequence: 1, previous: 1, tag: "aa" } })).toBe(
      false,
    );
  });

  it("ends by itself, each in its own time", () => {
    hearColleague(typing(OMAR));
    vi.advanceTimersByTime(3000);
    hearColleague(typing(LINA));
    vi.advanceTimersByTime(3100);
    expect(namesOf(useColleagues.getState().typists)).toEqual(["Lina"]);
    vi.advanceTimersByTime(3000);
    expect(useColleagues.getState().typists).toEqual({});
  });

  it("is handed to a new tab as the server would say it", () => {
    hearColleague(presence([there(SARA), there(OMAR, { conversation_id: RANA })], true));
    const state = hear(nobody(SARA.operator_id), presenceNow(), 0);
    expect(state.online).toEqual(useColleagues.getState().online);
  });
});
