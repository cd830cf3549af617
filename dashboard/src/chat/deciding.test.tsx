import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Message } from "../api/types.ts";
import { Continued } from "../content/continued.tsx";
import { KARIM, listed, message, RANA, reply, SARA } from "../house/cast.ts";
import { cloud, offer, onlyText } from "../house/offers.ts";
import "../i18n/desk.ts";
import { chooseLanguage } from "../i18n/index.ts";
import { changeDraft, draftOf } from "../live/drafts.ts";
import { newPending, type Pending } from "../live/pending.ts";
import { fromSnapshot } from "../live/state.ts";
import { replaceLive, useScreen } from "../live/store.ts";
import type { FileItem } from "../live/uploads.ts";
import { useUploads } from "../live/uploads.ts";
import { BubbleActions } from "./bubble-actions.tsx";
import { PendingActions } from "./pending-actions.tsx";
import { Reactions } from "./reactions.tsx";
import { UnsettledActions } from "./unsettled-actions.tsx";

const server = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const asked = () => server.mock.calls.map(([url, init]) => [url.split("/").at(-1), JSON.parse(String(init.body))]);
const answer = (body: object, status = 200) => Promise.resolve(new Response(JSON.stringify(body), { status }));
const held = () => useScreen.getState().live.threads[RANA]?.messages[0];

beforeEach(() => {
  vi.stubGlobal("fetch", server.mockReset().mockReturnValue(new Promise(() => {})));
  offer(cloud);
  hold(message(10));
});
afterEach(() => {
  offer(null);
  chooseLanguage("en");
  useUploads.setState({ items: [] });
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function hold(one: Message): Message {
  const snapshot = { conversations: [listed(10, 0)], messages: { [RANA]: [one] }, cursor: "10-0000000a" };
  replaceLive(fromSnapshot(snapshot, SARA.operator_id), {});
  return one;
}

describe("a send whose outcome nobody knows", () => {
  const unknown = (seconds: number) =>
    reply(10, {
      status: "unknown",
      error: {
        code: "unknown_outcome",
        message: "?",
        decide_after: new Date(Date.now() + seconds * 1000).toISOString(),
      },
    });

  it("is put before a person when its time has come, and not before", () => {
    vi.useFakeTimers();
    render(<UnsettledActions message={hold(unknown(120))} />);
    act(() => void vi.advanceTimersByTime(119_000));
    expect(screen.queryByTestId("unsettled")).toBeNull();
    act(() => void vi.advanceTimersByTime(2000));
    expect(screen.getByTestId("unsettled")).toBeDefined();
  });

  it.each(["send-again", "discard-message"])("is decided once: %s", async (call) => {
    const decided = reply(10, { status: "queued", version: 11 });
    render(<UnsettledActions message={hold(unknown(-1))} />);
    server.mockReturnValue(answer({ success: true, message: decided }));
    fireEvent.click(screen.getByTestId(call));
    expect(screen.getByTestId<HTMLButtonElement>(call).disabled).toBe(true);
    fireEvent.click(screen.getByTestId(call));
    await vi.waitFor(() => expect(held()?.status).toBe("queued"));
    expect(asked()).toEqual([[call, { conversation_id: RANA, message_id: "wamid.10" }]]);
  });

  it("says the server's reason when it cannot be decided", async () => {
    render(<UnsettledActions message={hold(unknown(-1))} />);
    server.mockReturnValue(answer({ code: "not_decidable", error: "It is known by now." }, 409));
    fireEvent.click(screen.getByTestId("send-again"));
    expect((await screen.findByTestId("unsettled-failure")).textContent).toBe("It is known by now.");
    act(() => chooseLanguage("ar"));
    expect(screen.getByTestId("unsettled-failure").textContent).toMatch(/^[\p{Script=Arabic}\p{M}\p{P}\s]+$/u);
  });
});

describe("a reaction", () => {
  const liked = (emoji: string) =>
    message(10, { reactions: [{ emoji, from: "business", timestamp: "2027-01-15T08:00:00Z" }] });
  const choose = async (one: Message, emoji: string) => {
    render(<BubbleActions message={hold(one)} onTrace={vi.fn()} />);
    fireEvent.click(screen.getByTestId("react"));
    const buttons = await screen.findAllByTestId("react-emoji");
    fireEvent.click(buttons.find((button) => button.dataset.emoji === emoji) as Element);
  };

  it("goes by a click, and the same click takes it back", async () => {
    server.mockReturnValue(answer({ message: { ...liked("👍"), version: 11 } }));
    await choose(message(10), "👍");
    await vi.waitFor(() => expect(held()?.reactions).toHaveLength(1));
    expect(asked().at(-1)).toEqual(["react", { conversation_id: RANA, message_id: "wamid.10", emoji: "👍" }]);
    await act(async () => {});
    document.body.innerHTML = "";
    await choose(liked("👍"), "👍");
    expect(asked().at(-1)?.[1].emoji).toBe("");
  });

  it("may be any emoji, and nothing else", async () => {
    render(<BubbleActions message={hold(message(10))} onTrace={vi.fn()} />);
    fireEvent.click(screen.getByTestId("react"));
    const field = await screen.findByTestId("react-any");
    for (const written of ["", "ok", "1", "👍 👍", "<"]) {
      fireEvent.change(field, { target: { value: written } });
      fireEvent.submit(field);
    }
    expect(asked()).toEqual([]);
    for (const written of ["🫶🏽", "🇱🇧", "👩‍🍳", "❤️"]) {
      fireEvent.change(field, { target: { value: written } });
      fireEvent.submit(field);
    }
    expect(asked().map(([, body]) => body.emoji)).toEqual(["🫶🏽", "🇱🇧", "👩‍🍳", "❤️"]);
  });

  it("that is refused says why", async () => {
    server.mockReturnValue(answer({ code: "not_supported", error: "Not here." }, 422));
    await choose(message(10), "😂");
    expect((await screen.findByTestId("react-failure")).textContent).toBe("Not here.");
    act(() => chooseLanguage("ar"));
    expect(screen.getByTestId("react-failure").textContent).toMatch(/^[\p{Script=Arabic}\p{M}\p{P}\s]+$/u);
  });

  it("of ours that cannot be taken back says so, until it is tried again", async () => {
    server.mockReturnValueOnce(answer({ code: "not_supported", error: "Not here." }, 422));
    render(<Reactions message={hold(liked("👍"))} />);
    fireEvent.click(screen.getByTestId("reaction-own"));
    expect((await screen.findByRole("alert")).textContent).toBe("Not here.");
    fireEvent.click(screen.getByTestId("reaction-own"));
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("of ours is taken back by a click on it; the customer's is not", () => {
    const both = { ...liked("👍") };
    both.reactions = [...both.reactions, { emoji: "❤️", from: "user", timestamp: "2027-01-15T08:00:00Z" }];
    render(<Reactions message={hold(both)} />);
    expect(screen.getAllByTestId("reaction-own")).toHaveLength(1);
    fireEvent.click(screen.getByTestId("reaction-own"));
    expect(asked()[0]?.[1].emoji).toBe("");
  });

  it("is offered only where it can arrive", () => {
    const offers = (one: Message) => {
      const { queryByTestId, unmount } = render(<BubbleActions message={hold(one)} onTrace={vi.fn()} />);
      const found = ["react", "reply"].filter((id) => queryByTestId(id));
      unmount();
      return found;
    };
    expect(offers(message(10))).toEqual(["react", "reply"]);
    expect(offers(reply(10, { status: "failed" }))).toEqual(["reply"]);
    offer(onlyText);
    expect(offers(message(10))).toEqual([]);
  });
});

describe("a message that waits here", () => {
  const file: FileItem = {
    id: "file-1",
    conversation_id: RANA,
    place: "message",
    name: "bread.jpg",
    mime_type: "image/jpeg",
    bytes: 10,
    kind: "image",
    told: false,
    state: "uploading",
    share: 0.5,
    preview: null,
    upload: null,
    error: null,
  };
  const written = { conversation_id: RANA, user_id: "7", content: "hi", reply_preview: null, seen_sequence: 2 };
  const waiting = (change: Partial<Pending>) => ({ ...newPending(written, "client-1", new Date()), ...change });

  it("shows how far its file is", () => {
    useUploads.setState({ items: [file] });
    render(<PendingActions pending={waiting({ state: "uploading", file, message_type: "image" })} />);
    expect(screen.getByTestId<HTMLProgressElement>("pending-progress").value).toBe(50);
  });

  it("offers what still makes sense after a refusal", () => {
    const offered = (change: Partial<Pending>) => {
      const { container, unmount } = render(<PendingActions pending={waiting({ state: "refused", ...change })} />);
      const found = [...container.querySelectorAll("button")].map((button) => button.dataset.testid);
      unmount();
      return found;
    };
    expect(offered({})).toEqual(["pending-retry", "pending-edit", "pending-discard"]);
    expect(offered({ message_type: "location" })).toEqual(["pending-retry", "pending-discard"]);
    expect(offered({ file, error: { code: "file_lost", message: "" } })).toEqual(["pending-edit", "pending-discard"]);
    replaceLive(
      fromSnapshot(
        { conversations: [listed(10, 0, { continued_in: KARIM })], messages: {}, cursor: null },
        SARA.operator_id,
      ),
      {},
    );
    expect(offered({})).toEqual(["pending-discard"]);
  });

  it("goes along to where its conversation goes on", () => {
    const row = listed(10, 0, { continued_in: KARIM });
    useScreen.setState({ pending: [waiting({ state: "refused" })] });
    changeDraft(RANA, { text: "and this" });
    render(<Continued row={row} />);
    fireEvent.click(screen.getByTestId("continued-in"));
    expect(draftOf(KARIM).text).toBe("hi\nand this");
    expect(draftOf(RANA).text).toBe("");
    expect(useScreen.getState().pending).toEqual([]);
    expect(window.location.pathname).toContain(encodeURIComponent(KARIM));
    changeDraft(KARIM, { text: "" });
  });
});
