import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listed, message, RANA, reply, SARA } from "../house/cast.ts";
import { sendAnyway, sendWaiting, startOutbox, stopOutbox, withdraw, write } from "./outbox.ts";
import { fromSnapshot } from "./state.ts";
import { replaceLive, useScreen } from "./store.ts";

const WRITTEN = { conversation_id: RANA, user_id: "7", content: "hello", reply_preview: null, seen_sequence: 10 };
const server = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const bodies = () => server.mock.calls.map(([, init]) => JSON.parse(String(init.body)));
const answer = (body: object, status = 200) => Promise.resolve(new Response(JSON.stringify(body), { status }));
const accepts = (_url: string, init: RequestInit) => {
  const { client_message_id, message: content } = JSON.parse(String(init.body));
  return answer({ success: true, message: reply(11, { client_message_id, content }) });
};
const pending = () => useScreen.getState().pending;
const shown = () => useScreen.getState().live.threads[RANA]?.messages.map((entry) => entry.content);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", server.mockReset());
  const state = fromSnapshot(
    { conversations: [listed(10, 0)], messages: { [RANA]: [message(10)] }, cursor: "10-0000000a" },
    SARA.operator_id,
  );
  replaceLive(state, {});
  startOutbox("1:1", () => {});
});
afterEach(() => {
  stopOutbox(true);
  useScreen.setState({ pending: [] });
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

describe("the outbox", () => {
  it("replaces the bubble by the message in one step", async () => {
    server.mockImplementation(accepts);
    write(WRITTEN);
    expect(pending()).toHaveLength(1);
    await settle();
    expect(pending()).toEqual([]);
    expect(shown()).toEqual(["message 10", "hello"]);
  });

  it("keeps what the network lost and sends it again under the same id", async () => {
    server.mockRejectedValueOnce(new TypeError("away")).mockImplementation(accepts);
    write(WRITTEN);
    await settle();
    expect(pending()).toMatchObject([{ state: "queued", attempts: 1 }]);
    await vi.advanceTimersByTimeAsync(2000);
    const [first, second] = bodies();
    expect(second.client_message_id).toBe(first.client_message_id);
    expect(pending()).toEqual([]);
    expect(shown()).toEqual(["message 10", "hello"]);
  });

  it("does not wait for its turn when the line is back", async () => {
    server.mockRejectedValueOnce(new TypeError("away")).mockImplementation(accepts);
    write(WRITTEN);
    await settle();
    sendWaiting();
    await settle();
    expect(pending()).toEqual([]);
  });

  it("sends in the order of writing, the second only after the first", async () => {
    server.mockRejectedValueOnce(new TypeError("away")).mockImplementation(accepts);
    write({ ...WRITTEN, content: "one" });
    write({ ...WRITTEN, content: "two" });
    await settle();
    expect(bodies().map((body) => body.message)).toEqual(["one"]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(bodies().map((body) => body.message)).toEqual(["one", "one", "two"]);
  });

  it("stops at the guard, shows what is new, and goes on when told to", async () => {
    const newer = [message(12, { content: "wait!" })];
    server.mockImplementationOnce(() => answer({ success: false, error: "newer", code: "newer_message", newer }, 409));
    server.mockImplementation(accepts);
    write(WRITTEN);
    await settle();
    expect(pending()).toMatchObject([{ state: "guarded", newer }]);
    expect(shown()).toContain("wait!");
    sendAnyway(pending()[0] as never, true);
    await settle();
    expect(bodies().at(-1)).toMatchObject({ force: true, seen_sequence: 12 });
    expect(bodies().at(-1).client_message_id).toBe(bodies()[0].client_message_id);
    expect(pending()).toEqual([]);
  });

  it("leaves a refusal to a person", async () => {
    server.mockImplementation(() => answer({ success: false, error: "too long", code: "invalid_request" }, 422));
    write(WRITTEN);
    await settle();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server).toHaveBeenCalledTimes(1);
    expect(pending()).toMatchObject([{ state: "refused", error: { message: "too long" } }]);
    withdraw(pending()[0] as never);
    expect(pending()).toEqual([]);
  });

  it("is still there after a reload of the page", async () => {
    server.mockRejectedValue(new TypeError("away"));
    write(WRITTEN);
    await settle();
    stopOutbox(false);
    useScreen.setState({ pending: [] });
    server.mockImplementation(accepts);
    startOutbox("1:1", () => {});
    await settle();
    expect(bodies().at(-1).client_message_id).toBe(bodies()[0].client_message_id);
    expect(shown()).toEqual(["message 10", "hello"]);
  });
});
