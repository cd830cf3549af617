import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LiveEvent, Message } from "../api/types.ts";
import {
  answered,
  arrival,
  event,
  handedOver,
  KARIM,
  listed,
  message,
  OMAR,
  RANA,
  reply,
  row,
  SARA,
} from "../house/cast.ts";
import { apply, applyContents, mergeList, mergeThread, placeOwnRead } from "./apply.ts";
import { emptyState, fromSnapshot, type LiveState, type Snapshot, toSnapshot } from "./state.ts";

const TRIPLES = join(import.meta.dirname, "../../../tests/fixtures/triples.json");

function opened(messages: Message[] = [], unread = 0): LiveState {
  const inbound_count = messages.filter((entry) => entry.is_user).length;
  const snapshot: Snapshot = {
    conversations: [listed(10, unread, { inbound_count, version: 10 })],
    messages: { [RANA]: messages },
    cursor: "10-0000000a",
  };
  return fromSnapshot(snapshot, SARA.operator_id);
}

const ids = (state: LiveState) => (state.threads[RANA]?.messages ?? []).map((entry) => entry.sequence);
const unread = (state: LiveState, id = RANA) => state.conversations[id]?.unread_count;

describe("the cursor's rule", () => {
  it("applies what is next and moves on", () => {
    const state = apply(opened(), arrival(11, 1));
    expect(ids(state)).toEqual([11]);
    expect(state.cursor).toBe("11-0000000b");
  });

  it("ignores what was applied before", () => {
    const state = apply(opened(), arrival(11, 1));
    expect(apply(state, arrival(11, 1))).toBe(state);
    expect(apply(state, arrival(9, 1))).toBe(state);
  });

  it("changes nothing after a gap", () => {
    const state = opened();
    expect(apply(state, arrival(13, 1))).toBe(state);
  });

  it("takes a hole in the numbers for what it is when nothing visible is missing", () => {
    const state = apply(opened(), event("heartbeat", 15, { previous: 10 }));
    expect(state.cursor).toBe("15-0000000f");
  });

  it("moves over kinds it does not know", () => {
    const state = apply(opened(), event("weather_changed", 11));
    expect(state.cursor).toBe("11-0000000b");
  });

  it("leaves typing and the like alone", () => {
    const state = opened();
    expect(apply(state, { event: "typing", id: null, data: { conversation_id: RANA } })).toBe(state);
  });
});

describe("messages", () => {
  it("stand by position, not by arrival", () => {
    const late = arrival(12, 2, { clock: 1_800_000_001 });
    const state = [arrival(11, 1, { clock: 1_800_000_005 }), late].reduce(apply, opened());
    expect(ids(state)).toEqual([12, 11]);
  });

  it("are replaced only by newer versions", () => {
    const sent = event("message_updated", 12, { message: reply(11, { version: 12, status: "sent" }) });
    let state = [event("new_message", 11, { message: reply(11) }), sent].reduce(apply, opened());
    expect(state.threads[RANA]?.messages[0]?.status).toBe("sent");
    state = applyContents(state, event("message_updated", 11, { message: reply(11, { status: "queued" }) }));
    expect(state.threads[RANA]?.messages[0]?.status).toBe("sent");
  });

  it("keep their place when they are deleted", () => {
    const deleted = message(12, { version: 14, content: "", deleted_at: "2027-01-15T08:00:20Z" });
    const state = [
      arrival(11, 1),
      arrival(12, 2),
      arrival(13, 3),
      event("message_updated", 14, { message: deleted, changed: "deletion" }),
    ].reduce(apply, opened());
    expect(ids(state)).toEqual([11, 12, 13]);
    expect(state.threads[RANA]?.messages[1]?.deleted_at).not.toBeNull();
  });

  it("above the loaded part wait for their page", () => {
    const history = { messages: [message(8), message(9)], has_more: true, next_before: "8", total_messages: 5 };
    const state = mergeThread(opened(), RANA, { ...history, as_of: "10-0000000a", conversation: null });
    const open = { ...state, threads: { [RANA]: { ...state.threads[RANA], complete: false } } } as LiveState;
    expect(ids(apply(open, arrival(11, 1, { clock: 1 })))).toEqual([8, 9]);
  });

  it("of a conversation that is not loaded only move its row", () => {
    const state = apply(opened(), arrival(11, 4, { conversation_id: KARIM }));
    expect(state.threads[KARIM]).toBeUndefined();
    expect(state.order).toEqual([KARIM, RANA]);
  });

  it("of a conversation that was seen to begin are whole without loading", () => {
    const state = [
      event("new_conversation", 11, { conversation_id: KARIM, conversation: row(11, { conversation_id: KARIM }) }),
      arrival(12, 1, { conversation_id: KARIM }),
    ].reduce(apply, opened());
    expect(state.threads[KARIM]?.messages).toHaveLength(1);
    expect(unread(state, KARIM)).toBe(1);
  });
});

describe("the assistant", () => {
  const calls = (sequence: number) =>
    event("new_message", sequence, {
      message: handedOver(sequence),
      conversation: row(sequence, {
        status: "waiting_human",
        handover_reason: "unsure",
        waiting_since: "2027-01-15T08:00:00Z",
        priority: 10,
        language: "ar",
        sentiment: "negative",
        tags: ["wedding"],
      }),
    });

  it("calls people: the line stands in the thread, and the row says why", () => {
    const state = apply(opened([message(10)]), calls(11));
    expect(ids(state)).toEqual([10, 11]);
    expect(state.threads[RANA]?.messages.at(-1)?.metadata.handover).toMatchObject({ reason: "unsure" });
    expect(state.conversations[RANA]).toMatchObject({
      handover_reason: "unsure",
      priority: 10,
      language: "ar",
      sentiment: "negative",
      tags: ["wedding"],
    });
  });

  it("is relieved by whoever takes over, and the reason goes with the release", () => {
    const taken = row(12, { status: "human", operator_id: SARA.operator_id, handover_reason: "unsure" });
    const given = row(13, { status: "bot" });
    const state = [
      calls(11),
      event("conversation_updated", 12, { conversation: taken }),
      event("conversation_updated", 13, { conversation: given }),
    ].reduce(apply, opened());
    expect(state.conversations[RANA]).toMatchObject({ status: "bot", handover_reason: null });
  });

  it("is judged on every screen: a verdict is a newer version of its answer", () => {
    const judged = answered(11, { version: 12 }, { verdict: "down", taught: "entry" });
    const state = [
      event("new_message", 11, { message: answered(11), conversation: row(11) }),
      event("message_updated", 12, { message: judged }),
    ].reduce(apply, opened());
    expect(state.threads[RANA]?.messages[0]?.metadata.assistant).toMatchObject({ verdict: "down" });
    expect(apply(state, event("message_updated", 13, { message: answered(11) })).threads).toEqual(state.threads);
  });
});

describe("unread", () => {
  it("grows with what comes in, not with what goes out", () => {
    let state = apply(opened([message(1), message(2)], 1), arrival(11, 3));
    expect(unread(state)).toBe(2);
    const answered = row(12, { inbound_count: 3, message_count: 4 });
    state = apply(state, event("new_message", 12, { message: reply(12), conversation: answered }));
    expect(unread(state)).toBe(2);
  });

  it("falls by this operator's own reading only", () => {
    const read = (sequence: number, operator_id: string) =>
      event("conversation_updated", sequence, { read: { operator_id, sequence: 2, unread_count: 0 }, changed: "read" });
    const state = apply(opened([message(1), message(2)], 2), read(11, OMAR.operator_id));
    expect(unread(state)).toBe(2);
    const own = apply(state, read(12, SARA.operator_id));
    expect(unread(own)).toBe(0);
    expect(unread(apply(own, arrival(13, 3)))).toBe(1);
  });

  it("is taken from the answer to one's own reading ahead of its event", () => {
    const state = placeOwnRead(opened([message(1), message(2)], 2), RANA, 0);
    expect(unread(state)).toBe(0);
    expect(unread(apply(state, arrival(11, 3)))).toBe(1);
  });

  it("is not known for a row that came by an event alone, until a page tells", () => {
    let state = apply(emptyStateAt(10), arrival(11, 5));
    expect(unread(state)).toBeNull();
    state = mergeList(state, { chats: [listed(11, 2, { inbound_count: 5 })], as_of: "11-0000000b" });
    expect(unread(state)).toBe(2);
    expect(unread(apply(state, arrival(12, 6)))).toBe(3);
  });

  it("of an older page does not undo a newer reading", () => {
    const read = { operator_id: SARA.operator_id, sequence: 2, unread_count: 0 };
    const state = apply(opened([message(1), message(2)], 2), event("conversation_updated", 11, { read }));
    const page = { chats: [listed(10, 2, { inbound_count: 2 })], as_of: "10-0000000a" };
    expect(unread(mergeList(state, page))).toBe(0);
  });

  it("knows a reading that came before the row", () => {
    const read = { operator_id: SARA.operator_id, sequence: 2, unread_count: 1 };
    const state = apply(emptyStateAt(10), event("conversation_updated", 11, { read }));
    const page = { chats: [listed(9, 4, { inbound_count: 4 })], as_of: "10-0000000a" };
    expect(unread(mergeList(state, page))).toBe(1);
  });
});

describe("pages and events", () => {
  it("agree in either order", () => {
    const page = { chats: [listed(12, 2, { inbound_count: 2 })], as_of: "12-0000000c" };
    const history = { messages: [message(11), message(12)], has_more: false, next_before: null, total_messages: 2 };
    const read = (state: LiveState) =>
      mergeThread(mergeList(state, page), RANA, { ...history, as_of: "12-0000000c", conversation: null });
    const events = [arrival(11, 1), arrival(12, 2), arrival(13, 3)];
    const early = events.reduce(apply, read(opened()));
    const late = read(events.reduce(apply, opened()));
    expect(toSnapshot(late)).toEqual(toSnapshot(early));
    expect(ids(late)).toEqual([11, 12, 13]);
  });

  it("keep the list by last activity", () => {
    const other = (sequence: number) => arrival(sequence, 1, { conversation_id: KARIM });
    const state = [arrival(11, 1), other(12), arrival(13, 2)].reduce(apply, opened());
    expect(state.order).toEqual([RANA, KARIM]);
  });

  it("leave a state that is plain JSON", () => {
    const state = [arrival(11, 1), arrival(12, 2)].reduce(apply, opened());
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  it("never change the state they are given", () => {
    const state = deepFrozen(opened([message(1)], 1));
    expect(() =>
      [arrival(11, 2), arrival(12, 3)].reduce((next, one) => deepFrozen(apply(next, one)), state),
    ).not.toThrow();
  });
});

interface Triple {
  name: string;
  operator_id: string;
  state: Snapshot;
  events: LiveEvent[];
  expected: Snapshot;
}

describe("the server's recorded triples", () => {
  const triples: Triple[] = JSON.parse(readFileSync(TRIPLES, "utf8"));
  it.each(triples.map((triple) => [triple.name, triple] as const))("%s", (_name, triple) => {
    const state = triple.events.reduce(apply, fromSnapshot(triple.state, triple.operator_id));
    expect(toSnapshot(state)).toEqual(triple.expected);
  });

  it.each(triples.map((triple) => [triple.name, triple] as const))("a page in the midst of: %s", (_name, triple) => {
    for (let before = 0; before <= triple.events.length; before += 1) {
      let state = triple.events.slice(0, before).reduce(apply, fromSnapshot(triple.state, triple.operator_id));
      state = mergeFresh(state, triple.expected);
      state = triple.events.slice(before).reduce(apply, state);
      expect(toSnapshot(state), `page before event ${before}`).toEqual(triple.expected);
    }
  });
});

/** Everything that a fresh load would read, joined with what is held. */
function mergeFresh(state: LiveState, fresh: Snapshot): LiveState {
  const as_of = fresh.cursor ?? "";
  const listed = mergeList(state, { chats: fresh.conversations, as_of });
  return Object.entries(fresh.messages).reduce((next, [id, messages]) => {
    const page = { messages, has_more: false, next_before: null, total_messages: messages.length, as_of };
    return mergeThread(next, id, { ...page, conversation: null });
  }, listed);
}

function emptyStateAt(sequence: number): LiveState {
  return { ...emptyState(SARA.operator_id), cursor: `${sequence}-0000000a` };
}

function deepFrozen<Value>(value: Value): Value {
  if (value && typeof value === "object") for (const part of Object.values(value)) deepFrozen(part);
  return Object.freeze(value);
}
