import { describe, expect, it } from "vitest";
import { message } from "../house/cast.ts";
import type { Thread } from "./state.ts";
import { comparePositions, indexOfPosition, mergeHistory, newestSequence, placeMessage } from "./thread.ts";

const whole = (...sequences: number[]): Thread => ({
  messages: sequences.map((sequence) => message(sequence)),
  complete: true,
  next_before: null,
  fetched: true,
});
const page = (sequences: number[], has_more: boolean) => ({
  messages: sequences.map((sequence) => message(sequence)),
  has_more,
  next_before: has_more ? String(sequences[0]) : null,
  total_messages: 9,
  as_of: "9-0",
  conversation: null,
});
const sequences = (thread: Thread) => thread.messages.map((entry) => entry.sequence);

describe("positions", () => {
  it("are compared by clock, then by sequence", () => {
    expect(comparePositions({ clock: 1, sequence: 9 }, { clock: 2, sequence: 1 })).toBeLessThan(0);
    expect(comparePositions({ clock: 1, sequence: 9 }, { clock: 1, sequence: 8 })).toBeGreaterThan(0);
  });

  it("give the same order whatever the order of arrival", () => {
    const burst = Array.from({ length: 10 }, (_, index) => message(index + 1, { clock: 1_800_000_000 }));
    for (let seed = 1; seed <= 50; seed += 1) {
      const thread = shuffled([...burst, ...burst], seed).reduce(placeMessage, whole());
      expect(sequences(thread)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
  });

  it("are found by halving", () => {
    expect(indexOfPosition(whole(2, 4, 6).messages, message(5))).toBe(2);
    expect(indexOfPosition([], message(5))).toBe(0);
  });
});

describe("a message", () => {
  it("stands once, even if its position should change", () => {
    const moved = message(4, { clock: 1, version: 9 });
    expect(sequences(placeMessage(whole(2, 4, 6), moved))).toEqual([4, 2, 6]);
  });
});

describe("history pages", () => {
  it("join at the top and remember where to go on", () => {
    const newest = mergeHistory(undefined, page([7, 8, 9], true));
    expect(newest).toMatchObject({ complete: false, next_before: "7" });
    const joined = mergeHistory(newest, page([4, 5, 6], true));
    expect(sequences(joined)).toEqual([4, 5, 6, 7, 8, 9]);
    expect(joined.next_before).toBe("4");
    expect(mergeHistory(joined, page([3], false))).toMatchObject({ complete: true, next_before: null });
  });

  it("read again do not forget how far one had come", () => {
    const far = mergeHistory(mergeHistory(undefined, page([7, 8, 9], true)), page([4, 5, 6], true));
    expect(mergeHistory(far, page([7, 8, 9], true)).next_before).toBe("4");
  });

  it("never bring back an older version", () => {
    const edited = placeMessage(whole(8), message(8, { version: 12, content: "edited" }));
    expect(mergeHistory(edited, page([8], false)).messages[0]?.content).toBe("edited");
  });
});

it("the newest sequence is the greatest, not the last", () => {
  expect(newestSequence([message(9, { clock: 1 }), message(3)])).toBe(9);
});

function shuffled<Item>(items: Item[], seed: number): Item[] {
  let state = seed;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}
