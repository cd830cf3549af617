import { beforeEach, expect, it, vi } from "vitest";
import { arrival, event, message, RANA, SARA } from "../house/cast.ts";
import { mergeThread } from "./apply.ts";
import { excerpt } from "./remember.ts";
import { emptyState } from "./state.ts";
import { applyEvent, liveNow, mergeReadAt, publish, replaceLive, resetScreen, useScreen } from "./store.ts";

const history = (as_of: string) => ({
  messages: [message(8), message(9)],
  has_more: false,
  next_before: null,
  total_messages: 2,
  as_of,
  conversation: null,
});
const contents = () => liveNow().threads[RANA]?.messages.map((entry) => entry.content);

beforeEach(() => {
  resetScreen(SARA.operator_id);
  replaceLive({ ...emptyState(SARA.operator_id), cursor: "10-0000000a" }, {});
});

it("an update that came while its page was on the way is not lost", () => {
  applyEvent(event("message_updated", 11, { message: message(9, { version: 11, content: "edited" }) }));
  applyEvent(arrival(12, 3));
  const page = history("10-0000000a");
  expect(mergeReadAt(page.as_of, (live) => mergeThread(live, RANA, page))).toBe(true);
  expect(contents()).toEqual(["message 8", "edited", "message 12"]);
});

it("a page that is older than what is remembered is refused", () => {
  for (let sequence = 11; sequence < 1100; sequence += 1) applyEvent(event("heartbeat", sequence));
  expect(mergeReadAt("10-0000000a", (live) => live)).toBe(false);
  expect(mergeReadAt("1098-0", (live) => live)).toBe(true);
});

it("a burst of events is published once", () => {
  const seen = vi.fn();
  const stop = useScreen.subscribe(seen);
  for (let sequence = 11; sequence < 61; sequence += 1) applyEvent(arrival(sequence, sequence));
  publish();
  stop();
  expect(seen).toHaveBeenCalledTimes(1);
  expect(useScreen.getState().live.cursor).toBe("60-0000003c");
});

it("what is remembered is bounded and knows that it is only a part", () => {
  const messages = Array.from({ length: 80 }, (_, index) => message(index + 1));
  const state = mergeThread(emptyState("1"), RANA, { ...history("99-0"), messages });
  state.order = [RANA];
  const kept = excerpt({ live: state, views: {} }).live.threads[RANA];
  expect(kept?.messages).toHaveLength(50);
  expect(kept?.complete).toBe(false);
});
