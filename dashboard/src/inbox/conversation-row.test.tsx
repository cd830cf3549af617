import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HandoverReason, ConversationRow as Row } from "../api/types.ts";
import { listed, OMAR, RANA, SARA } from "../house/cast.ts";
import { chooseLanguage } from "../i18n/index.ts";
import { hearColleague, resetColleagues } from "../live/colleagues.ts";
import { fromSnapshot } from "../live/state.ts";
import { replaceLive } from "../live/store.ts";
import { ConversationRow } from "./conversation-row.tsx";

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const who = () => screen.getByTestId("who-answers");

function shown(change: Partial<Row> = {}, isQueued = true): void {
  const held = { conversations: [listed(10, 0, change)], messages: {}, cursor: "10-0000000a" };
  replaceLive(fromSnapshot(held, SARA.operator_id), {});
  render(<ConversationRow id={RANA} isSelected={false} operatorId={SARA.operator_id} isQueued={isQueued} />);
}

beforeEach(() => resetColleagues(SARA.operator_id));
afterEach(() => {
  resetColleagues("");
  chooseLanguage("en");
});

describe("who answers", () => {
  it.each([
    [{ status: "bot" }, "Assistant answers"],
    [{ status: "human", operator_id: OMAR.operator_id, operator_name: OMAR.name }, "Omar answers"],
    [{ status: "human", operator_id: SARA.operator_id, operator_name: SARA.name }, "You answer"],
    [{ status: "resolved" }, "Ended"],
  ] as const)("is seen in the list: %o", (change, words) => {
    shown(change);
    expect(who().textContent).toBe(words);
  });

  it("of whoever waits is told by why, how long, and how long free text can be sent", () => {
    const window_expires_at = new Date(Date.now() + 5.5 * 3_600_000).toISOString();
    shown({ handover_reason: "asked", waiting_since: ago(12.5), window_expires_at });
    expect(who().dataset.reason).toBe("asked");
    expect(who().textContent).toBe("Asked for a person· 12m5h");
    expect(screen.getByTestId("window-left").getAttribute("aria-label")).toBe("Free answers end in 5h");
    cleanup();
    shown({ handover_reason: "upset", waiting_since: ago(2), window_expires_at: ago(1) });
    expect(screen.getByTestId("window-left").getAttribute("aria-label")).toBe("Only templates can be sent now");
  });

  it("tells the end of the 24 hours outside the queue only when it is near", () => {
    const hours = (count: number) => ({ window_expires_at: new Date(Date.now() + count * 3_600_000).toISOString() });
    shown(hours(20.5), false);
    expect(screen.queryByTestId("window-left")).toBeNull();
    cleanup();
    shown(hours(2.5), false);
    expect(screen.getByTestId("window-left").textContent).toBe("2h");
    cleanup();
    shown(hours(20.5));
    expect(screen.getByTestId("window-left").textContent).toBe("20h");
  });

  it("says no reason where there is no assistant to give one", () => {
    for (const handover_reason of ["off", null] as const) {
      shown({ handover_reason, waiting_since: ago(3.5) });
      expect(who().textContent).toBe("Waiting for a person· 3m");
      cleanup();
    }
  });

  it("has words for every reason in both languages", () => {
    const reasons: HandoverReason[] = ["upset", "asked", "vip", "keyword", "judgement", "unsafe", "unsure"];
    reasons.push("unreadable", "failed", "budget", "window", "closed");
    for (const language of ["en", "ar"] as const) {
      chooseLanguage(language);
      for (const handover_reason of reasons) {
        shown({ handover_reason });
        expect(who().textContent).not.toContain("reason_");
        cleanup();
      }
    }
  });
});

describe("the small signs", () => {
  it("are the language, a mood that is no even one, and the tags", () => {
    shown({ language: "arabizi", sentiment: "negative", tags: ["vip", "wedding"] });
    expect(screen.getByTestId("language-mark").getAttribute("aria-label")).toBe("Writes in: Arabizi");
    expect(screen.getByTestId("mood-mark").getAttribute("aria-label")).toBe("In a bad mood");
    expect(screen.getByTestId("marks").textContent).toBe("vip+13AR");
    cleanup();
    shown({ language: "fr", sentiment: "neutral" });
    expect(screen.getByTestId("language-mark").textContent).toBe("FR");
    expect(screen.queryByTestId("mood-mark")).toBeNull();
    cleanup();
    shown();
    expect(screen.queryByTestId("marks")).toBeNull();
  });

  it("survive a row that an older page has remembered, without tags", () => {
    shown({ tags: undefined as never, language: "xx-none" });
    expect(screen.getByTestId("language-mark").textContent).toBe("XX-");
  });
});

describe("the assistant at work", () => {
  const thinks = (typing: boolean) =>
    act(() => {
      hearColleague({ event: "typing", id: null, data: { conversation_id: RANA, operator_id: null, typing } });
    });

  it("is seen in the list while it makes an answer", () => {
    shown({ status: "bot" });
    expect(screen.queryByTestId("colleague-mark")).toBeNull();
    thinks(true);
    expect(screen.getByTestId("colleague-mark").dataset.assistant).toBe("true");
    expect(screen.getByRole("img", { name: "The assistant is writing…" })).toBeDefined();
    thinks(false);
    expect(screen.queryByTestId("colleague-mark")).toBeNull();
  });

  it("is not seen where people answer: what it makes there is only a draft", () => {
    shown({ status: "human", operator_id: OMAR.operator_id, operator_name: OMAR.name });
    thinks(true);
    expect(screen.queryByTestId("colleague-mark")).toBeNull();
  });
});
