import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listed, message, OMAR, RANA, row, SARA } from "../house/cast.ts";
import { placeRow } from "../live/apply.ts";
import { hearColleague, resetColleagues } from "../live/colleagues.ts";
import { sendLocation } from "../live/compose.ts";
import { changeDraft, draftOf } from "../live/drafts.ts";
import { takeBack } from "../live/outbox.ts";
import type { Pending } from "../live/pending.ts";
import { markSeen } from "../live/seen.ts";
import { fromSnapshot } from "../live/state.ts";
import { changeLive, replaceLive, useScreen } from "../live/store.ts";
import { Composer } from "./composer.tsx";

const server = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const told = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const bodiesOf = (calls: typeof server) => calls.mock.calls.map(([, init]) => JSON.parse(String(init.body)));
const bodies = () => bodiesOf(server);
const tellings = () => bodiesOf(told).map(({ typing }) => typing);

beforeEach(() => {
  // Nothing of what is sent here is ever answered.
  server.mockReset().mockReturnValue(new Promise(() => {}));
  told.mockReset().mockReturnValue(new Promise(() => {}));
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    // Whether the copilot is offered is no matter of these tests.
    if (url.endsWith("/assistant/settings")) return new Promise(() => {});
    return (url.endsWith("/typing") ? told : server)(url, init);
  });
  resetColleagues(SARA.operator_id);
  replaceLive(
    fromSnapshot(
      { conversations: [listed(10, 0)], messages: { [RANA]: [message(10)] }, cursor: "10-0000000a" },
      SARA.operator_id,
    ),
    {},
  );
  markSeen(RANA, 10);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Composer selected={{ user_id: "7", conversation_id: RANA }} />
    </QueryClientProvider>,
  );
});
afterEach(() => {
  cleanup(); // Before the server is gone: a composer that goes says so.
  useScreen.setState({ pending: [] });
  changeDraft(RANA, { text: "", reply: null });
  vi.unstubAllGlobals();
});

const field = () => screen.getByTestId<HTMLTextAreaElement>("composer");
const type = (value: string) => fireEvent.change(field(), { target: { value } });

describe("the composer", () => {
  it("sends on Enter, names what was seen, and is empty at once", () => {
    type("  hello ");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(bodies()).toMatchObject([{ message: "hello", seen_sequence: 10, force: false }]);
    expect(field().value).toBe("");
    expect(useScreen.getState().pending).toHaveLength(1);
  });

  it("makes a new line on Shift+Enter, and leaves Enter to an input method", () => {
    type("hello");
    fireEvent.keyDown(field(), { key: "Enter", shiftKey: true });
    fireEvent.keyDown(field(), { key: "Enter", isComposing: true });
    expect(server).not.toHaveBeenCalled();
  });

  it("sends nothing that is empty or too long", () => {
    for (const value of ["  \n ", "x".repeat(4097)]) {
      type(value);
      fireEvent.keyDown(field(), { key: "Enter" });
      expect(screen.getByTestId<HTMLButtonElement>("send").disabled).toBe(true);
    }
    expect(server).not.toHaveBeenCalled();
  });

  it("keeps the draft, and quotes what it answers to", () => {
    type("half a thought");
    expect(draftOf(RANA).text).toBe("half a thought");
    fireEvent.change(field(), { target: { value: "yes" } });
    changeDraft(RANA, { reply: { message_id: "wamid.10", role: "user", type: "text", content: "open?" } });
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(bodies()).toMatchObject([{ reply_to: "wamid.10" }]);
    expect(draftOf(RANA).reply).toBeNull();
  });
});

describe("typing", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("is told at most every two and a half seconds, and its end at once", () => {
    for (const value of ["h", "he", "hel"]) type(value);
    expect(tellings()).toEqual([true]);
    vi.advanceTimersByTime(2500);
    type("hell");
    expect(tellings()).toEqual([true, true]);
    type("  ");
    expect(tellings()).toEqual([true, true, false]);
    type("");
    expect(tellings()).toHaveLength(3);
  });

  it("ends with the send, and when the field is left", () => {
    type("hello");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(tellings()).toEqual([true, false]);
    type("more");
    fireEvent.blur(field());
    expect(tellings()).toEqual([true, false, true, false]);
    fireEvent.blur(field());
    expect(tellings()).toHaveLength(4);
  });

  it("of a colleague is seen beside the own answer, until nothing is heard any more", () => {
    const data = { conversation_id: RANA, ...OMAR, typing: true };
    act(() => void hearColleague({ event: "typing", id: null, data }));
    expect(screen.getByTestId("typing-line").textContent).toContain("Omar");
    expect(field().className).toContain("border-warn");
    act(() => void vi.advanceTimersByTime(6100));
    expect(screen.queryByTestId("typing-line")).toBeNull();
    expect(field().className).not.toContain("border-warn");
  });

  it("of the assistant is seen in the thread while it makes an answer that it may send", () => {
    const thinks = (typing: boolean) => {
      const data = { conversation_id: RANA, operator_id: null, typing };
      act(() => void hearColleague({ event: "typing", id: null, data }));
    };
    thinks(true);
    expect(screen.queryByTestId("assistant-writing")).toBeNull();
    act(() => changeLive((live) => placeRow(live, row(11, { status: "bot" }))));
    expect(screen.getByTestId("assistant-writing").textContent).toBe("The assistant is writing…");
    // Nobody of the team types: the own answer is in nobody's way.
    expect(field().className).not.toContain("border-warn");
    act(() => changeLive((live) => placeRow(live, row(12, { status: "human", operator_id: OMAR.operator_id }))));
    expect(screen.queryByTestId("assistant-writing")).toBeNull();
    thinks(false);
  });
});

describe("the guard", () => {
  beforeEach(async () => {
    const newer = [message(12, { content: "wait!" })];
    const refusal = { success: false, error: "newer", code: "newer_message", newer };
    server.mockResolvedValueOnce(new Response(JSON.stringify(refusal), { status: 409 }));
    type("hello");
    fireEvent.keyDown(field(), { key: "Enter" });
    await screen.findByTestId("guard");
  });

  it("shows what is new and sends anyway under the same id", () => {
    expect(screen.getByTestId("guard").textContent).toContain("wait!");
    fireEvent.click(screen.getByTestId("guard-send-anyway"));
    const [first, second] = bodies();
    expect(second).toMatchObject({ force: true, seen_sequence: 12, client_message_id: first.client_message_id });
    expect(screen.queryByTestId("guard")).toBeNull();
  });

  it("gives the text back on Escape", () => {
    fireEvent.keyDown(screen.getByTestId("guard"), { key: "Escape" });
    expect(field().value).toBe("hello");
    expect(useScreen.getState().pending).toEqual([]);
  });

  it("gives all back that was written behind it", () => {
    type("and bread");
    fireEvent.keyDown(field(), { key: "Enter" });
    fireEvent.click(screen.getByTestId("guard-edit"));
    expect(field().value).toBe("hello\nand bread");
    expect(useScreen.getState().pending).toEqual([]);
  });

  it("takes a hasty Enter for the end of a line, not for an answer", () => {
    fireEvent.keyDown(screen.getByTestId("guard"), { key: "Enter" });
    expect(bodies()).toHaveLength(1);
  });
});

describe("the guard before what a form made", () => {
  const only = () => useScreen.getState().pending[0] as Pending;
  beforeEach(async () => {
    const refusal = { success: false, error: "newer", code: "newer_message", newer: [message(12)] };
    server.mockResolvedValueOnce(new Response(JSON.stringify(refusal), { status: 409 }));
    act(() => sendLocation({ user_id: "7", conversation_id: RANA }, { latitude: 33.9, longitude: 35.5 }));
    await screen.findByTestId("guard");
  });

  it("turns it into no text: it goes out or is discarded", () => {
    expect(screen.queryByTestId("guard-edit")).toBeNull();
    act(() => takeBack(only()));
    fireEvent.keyDown(screen.getByTestId("guard"), { key: "Escape" });
    expect(only()).toMatchObject({ message_type: "location", state: "guarded" });
    expect(field().value).toBe("");
    expect(document.activeElement).toBe(field());
    fireEvent.click(screen.getByTestId("guard-discard"));
    expect(useScreen.getState().pending).toEqual([]);
    expect(field().value).toBe("");
  });

  it("sends it anyway as what it is", () => {
    fireEvent.click(screen.getByTestId("guard-send-anyway"));
    expect(bodies()[1]).toMatchObject({ force: true, message_type: "location", location: { latitude: 33.9 } });
  });
});
