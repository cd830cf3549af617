import { describe, expect, it } from "vitest";
import { KARIM, RANA, SARA } from "../house/cast.ts";
import { bubbleOf, changePending, newPending, nextToSend, revive, settle } from "./pending.ts";

const NOW = new Date("2027-01-15T08:00:00Z");
const written = (id: string, conversation_id = RANA) =>
  newPending({ conversation_id, user_id: "7", content: id, reply_preview: null, seen_sequence: 5 }, id, NOW);

describe("pending messages", () => {
  it("go out one at a time per conversation, in order", () => {
    let pending = [written("a"), written("b"), written("c", KARIM)];
    expect(nextToSend(pending).map((entry) => entry.client_message_id)).toEqual(["a", "c"]);
    pending = changePending(pending, "a", { state: "sending" });
    expect(nextToSend(pending).map((entry) => entry.client_message_id)).toEqual(["c"]);
    pending = settle(pending, ["a"]);
    expect(nextToSend(pending).map((entry) => entry.client_message_id)).toEqual(["b", "c"]);
  });

  it("wait behind one that is held back, but not behind one that was refused", () => {
    const pending = [written("a"), written("b")];
    expect(nextToSend(changePending(pending, "a", { state: "guarded" }))).toEqual([]);
    expect(nextToSend(changePending(pending, "a", { state: "refused" }))).toHaveLength(1);
  });

  it("go away as soon as the server is known to hold them", () => {
    const pending = [written("a"), written("b")];
    expect(settle(pending, ["b", null])).toEqual([pending[0]]);
    expect(settle(pending, [null])).toBe(pending);
  });

  it("are asked again under the same id after a reload", () => {
    const pending = changePending([written("a")], "a", { state: "sending", attempts: 3 });
    expect(revive(pending, NOW)).toEqual([written("a")]);
  });

  it("are left to a person when the page was away for long", () => {
    const [entry] = revive([written("a")], new Date("2027-01-15T09:00:00Z"));
    expect(entry).toMatchObject({ state: "refused", error: { code: "not_sent_in_time" } });
  });

  it("show as a bubble with a clock", () => {
    expect(bubbleOf(written("a"), SARA)).toMatchObject({ message_id: "a", client_message_id: "a", status: "queued" });
  });
});
