import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ConversationRow } from "../api/types.ts";
import { KARIM, listed, RANA, row, SARA } from "../house/cast.ts";
import { answers, refusal, scope, sentTo, settings, show, stage } from "../house/office-stage.tsx";
import { chooseLanguage } from "../i18n/index.ts";
import { placeRow } from "../live/apply.ts";
import { changeDraft, draftOf } from "../live/drafts.ts";
import { fromSnapshot } from "../live/state.ts";
import { changeLive, replaceLive, useScreen } from "../live/store.ts";
import Copilot from "./copilot.tsx";
import { closeHelp } from "./help.ts";

stage();

const SELECTED = { conversation_id: RANA, user_id: "7" };
const SUGGESTION = {
  text: "From eight to five.",
  confidence: 87,
  language: "en",
  sources: [{ entry_id: "12", question: "When are you open?", score: 87, tier: "strong", topic: null, document: null }],
};
const typed = () => draftOf(RANA).text;
const write = (text: string) => act(() => changeDraft(RANA, { text }));
const panel = () => screen.getByTestId("copilot-help");
const items = () => screen.getAllByRole("menuitem", { hidden: true }).map((item) => item.dataset.testid);

async function shown(change: Partial<ConversationRow> = {}, isClosed = false): Promise<void> {
  const held = { conversations: [listed(10, 0, change)], messages: {}, cursor: "10-0000000a" };
  replaceLive(fromSnapshot(held, SARA.operator_id), {});
  useScreen.setState({ selected: SELECTED });
  show(<Copilot selected={SELECTED} isClosed={isClosed} />);
  await screen.findByTestId("copilot");
}
/** Lets the next answers of a call wait until they are let go. */
function heldBack(path: string): () => Promise<void> {
  const real = globalThis.fetch;
  let release: () => void = () => {};
  const released = new Promise<void>((go) => (release = go));
  globalThis.fetch = async (url, init) => {
    const response = await real(url, init);
    if (String(url).endsWith(path)) await released;
    return response;
  };
  return () =>
    act(async () => {
      release();
      await new Promise((go) => setTimeout(go, 5));
      globalThis.fetch = real;
    });
}
async function choose(item: string): Promise<void> {
  fireEvent.click(screen.getByTestId("copilot"));
  fireEvent.click(await screen.findByTestId(`copilot-${item}`));
}

beforeEach(() => {
  answers["GET /assistant/settings"] = settings();
});
afterEach(() => {
  cleanup();
  for (const id of [RANA, KARIM]) closeHelp(id);
  changeDraft(RANA, { text: "", reply: null });
  chooseLanguage("en");
});

describe("the copilot", () => {
  it("is offered only on numbers where it is switched on, and not where nobody knows", async () => {
    const off = { ...settings().defaults, copilot: false };
    const [first, ...others] = settings().channels;
    for (const answer of [
      { ...settings(), channels: [{ ...first, ...scope({ effective: off }) }, ...others] },
      refusal(404, "http_404"),
      {},
    ]) {
      answers["GET /assistant/settings"] = answer;
      const held = { conversations: [listed(10, 0)], messages: {}, cursor: "10-0000000a" };
      replaceLive(fromSnapshot(held, SARA.operator_id), {});
      show(<Copilot selected={SELECTED} isClosed={false} />);
      await act(() => new Promise((go) => setTimeout(go, 5)));
      expect(screen.queryByTestId("copilot")).toBeNull();
      cleanup();
    }
  });

  it("puts a suggested reply into the composer, with what it stands on; a person sends it", async () => {
    answers["POST /copilot/suggest"] = SUGGESTION;
    await shown();
    await choose("suggest");
    await waitFor(() => expect(typed()).toBe("From eight to five."));
    expect(panel().textContent?.replace(/[\u2068\u2069]/g, "")).toContain("from:When are you open?· 87 %");
    expect(sentTo("POST /copilot/suggest")).toEqual([SELECTED]);
    expect(sentTo("POST /send-message")).toEqual([]);
    // Once it is sent there is nothing to go back to.
    write("");
    await waitFor(() => expect(screen.queryByTestId("copilot-help")).toBeNull());
  });

  it("does so by one key, also while somebody writes and on an Arabic keyboard", async () => {
    answers["POST /copilot/suggest"] = SUGGESTION;
    await shown();
    fireEvent.keyDown(document.body, { key: "ت", code: "KeyJ", ctrlKey: true });
    await waitFor(() => expect(typed()).toBe("From eight to five."));
    fireEvent.keyDown(document.body, { key: "j", code: "KeyJ" });
    fireEvent.keyDown(document.body, { key: "j", code: "KeyJ", metaKey: true, repeat: true });
    expect(sentTo("POST /copilot/suggest")).toHaveLength(1);
  });

  it("keeps what was typed at hand, and gives it back", async () => {
    answers["POST /copilot/rewrite"] = { text: "Sunday: closed." };
    await shown();
    write("We are sorry to say that on Sundays we are closed.");
    await choose("shorter");
    await waitFor(() => expect(typed()).toBe("Sunday: closed."));
    expect(sentTo("POST /copilot/rewrite")).toEqual([
      { text: "We are sorry to say that on Sundays we are closed.", how: "shorter", language: null },
    ]);
    fireEvent.click(screen.getByTestId("copilot-exchange"));
    expect(typed()).toBe("We are sorry to say that on Sundays we are closed.");
    expect(screen.getByTestId("copilot-text").textContent).toBe("Sunday: closed.");
    fireEvent.click(screen.getByTestId("copilot-exchange"));
    expect(typed()).toBe("Sunday: closed.");
  });

  it("overwrites nothing that was written on meanwhile", async () => {
    answers["POST /copilot/suggest"] = SUGGESTION;
    await shown();
    const release = heldBack("/suggest");
    await choose("suggest");
    expect(panel().dataset.state).toBe("busy");
    write("I am writing");
    await release();
    expect(panel().dataset.state).toBe("made");
    expect(typed()).toBe("I am writing");
    fireEvent.click(screen.getByTestId("copilot-exchange"));
    expect(typed()).toBe("From eight to five.");
    expect(screen.getByTestId("copilot-exchange").textContent).toBe("Back to what I wrote");
  });

  it("puts a suggestion beside what was typed before it was asked for, not in its place", async () => {
    answers["POST /copilot/suggest"] = SUGGESTION;
    await shown();
    write("Dear Rana,");
    await choose("suggest");
    await waitFor(() => expect(panel().dataset.state).toBe("made"));
    expect(typed()).toBe("Dear Rana,");
    expect(screen.getByTestId("copilot-text").textContent).toBe("From eight to five.");
  });

  it("puts nothing where nobody looks any more; it is still there when they come back", async () => {
    answers["POST /copilot/suggest"] = SUGGESTION;
    await shown();
    const release = heldBack("/suggest");
    await choose("suggest");
    act(() => useScreen.setState({ selected: { conversation_id: KARIM, user_id: "8" } }));
    await release();
    expect([typed(), draftOf(KARIM).text]).toEqual(["", ""]);
    expect(screen.getByTestId("copilot-exchange").textContent).toBe("Use it");
    fireEvent.click(screen.getByTestId("copilot-exchange"));
    expect(typed()).toBe("From eight to five.");
  });

  it("puts nothing before somebody else who has sat down at the screen meanwhile", async () => {
    answers["POST /copilot/suggest"] = SUGGESTION;
    await shown();
    const release = heldBack("/suggest");
    await choose("suggest");
    const held = { conversations: [listed(10, 0)], messages: {}, cursor: "10-0000000a" };
    act(() => replaceLive(fromSnapshot(held, "2"), {}));
    await release();
    expect(typed()).toBe("");
    expect(screen.queryByTestId("copilot-help")).toBeNull();
    // Nor does the first one find it still busy.
    act(() => replaceLive(fromSnapshot(held, SARA.operator_id), {}));
    expect(screen.queryByTestId("copilot-help")).toBeNull();
  });

  it("offers rewriting of what is typed, first into the customer's language", async () => {
    answers["POST /copilot/rewrite"] = { text: "Bonjour" };
    await shown({ language: "fr" });
    fireEvent.click(screen.getByTestId("copilot"));
    expect(items()).toEqual(["copilot-suggest", "copilot-summary"]);
    write("Hello");
    expect(items().slice(3)).toEqual([
      "copilot-translate-fr",
      "copilot-translate-en",
      "copilot-translate-ar",
      "copilot-summary",
    ]);
    fireEvent.click(screen.getByTestId("copilot-translate-fr"));
    await waitFor(() => expect(typed()).toBe("Bonjour"));
    expect(sentTo("POST /copilot/rewrite")).toEqual([{ text: "Hello", how: "translate", language: "fr" }]);
  });

  it("suggests nothing where nothing can be sent", async () => {
    await shown({}, true);
    fireEvent.click(screen.getByTestId("copilot"));
    expect(items()).toEqual(["copilot-summary"]);
    fireEvent.keyDown(document.body, { key: "j", code: "KeyJ", ctrlKey: true });
    expect(sentTo("POST /copilot/suggest")).toEqual([]);
  });

  it("says why nothing helps, in the page's language", async () => {
    const noted = { note: "The customer waits for no answer.", note_code: "waits_for_nothing", note_values: {} };
    answers["POST /copilot/suggest"] = { text: null, confidence: 0, language: null, sources: [], ...noted };
    chooseLanguage("ar");
    await shown();
    await choose("suggest");
    expect((await screen.findByTestId("copilot-nothing")).textContent).toBe("لا ينتظر العميل ردًا.");
  });

  it("says when nothing that is known helps", async () => {
    answers["POST /copilot/suggest"] = { text: null, confidence: 0, language: null, sources: [] };
    await shown();
    write("mine");
    await choose("suggest");
    expect((await screen.findByTestId("copilot-nothing")).textContent).toBe("Nothing that is known helps here.");
    expect(typed()).toBe("mine");
  });

  it("says why it failed, in the page's language, and leaves the text as it was", async () => {
    answers["POST /copilot/rewrite"] = refusal(409, "no_model", "No model is set.");
    chooseLanguage("ar");
    await shown();
    write("mine");
    await choose("friendlier");
    expect((await screen.findByTestId("copilot-failure")).textContent).toContain("لم يُضبط نموذج للمساعد");
    expect(typed()).toBe("mine");
    fireEvent.click(screen.getByTestId("copilot-close"));
    expect(screen.queryByTestId("copilot-help")).toBeNull();
  });
});

describe("whoever takes over", () => {
  const takeOver = () =>
    act(() =>
      changeLive((live) => placeRow(live, row(11, { status: "human", operator_id: SARA.operator_id, version: 11 }))),
    );

  it("is offered a summary, which is made when they ask for it, and goes into no message", async () => {
    answers["POST /copilot/summary"] = { text: "Rana wants twelve cakes on Friday." };
    await shown();
    expect(screen.queryByTestId("copilot-offer")).toBeNull();
    takeOver();
    fireEvent.click(await screen.findByTestId("copilot-offer"));
    expect((await screen.findByTestId("copilot-summary-text")).textContent).toBe("Rana wants twelve cakes on Friday.");
    expect(typed()).toBe("");
  });

  it("is offered none of a conversation that was theirs already", async () => {
    await shown({ status: "human", operator_id: SARA.operator_id });
    expect(screen.queryByTestId("copilot-offer")).toBeNull();
  });

  it("sees nothing that was made for somebody else at the same screen", async () => {
    answers["POST /copilot/summary"] = { text: "Rana wants twelve cakes." };
    await shown();
    await choose("summary");
    await screen.findByTestId("copilot-summary-text");
    cleanup();
    const held = { conversations: [listed(10, 0)], messages: {}, cursor: "10-0000000a" };
    replaceLive(fromSnapshot(held, "2"), {});
    show(<Copilot selected={SELECTED} isClosed={false} />);
    await screen.findByTestId("copilot");
    expect(screen.queryByTestId("copilot-help")).toBeNull();
  });
});
