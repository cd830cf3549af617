import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/client.ts";
import * as pages from "../api/pages.ts";
import type { ConversationRow } from "../api/types.ts";
import { listed, OMAR, RANA, SARA } from "../house/cast.ts";
import { chooseLanguage } from "../i18n/index.ts";
import { fromSnapshot } from "../live/state.ts";
import { liveNow, replaceLive } from "../live/store.ts";
import { HandoverActions } from "./handover-actions.tsx";

vi.mock("../api/pages.ts");

const SELECTED = { conversation_id: RANA, user_id: "7" };
const MINE = { status: "human", operator_id: SARA.operator_id, operator_name: SARA.name } as const;
const OMARS = { status: "human", operator_id: OMAR.operator_id, operator_name: OMAR.name } as const;

function shown(change: Partial<ConversationRow> = {}): void {
  const held = { conversations: [listed(10, 0, change)], messages: {}, cursor: "10-0000000a" };
  replaceLive(fromSnapshot(held, SARA.operator_id), {});
  render(
    <>
      <textarea data-testid="composer" />
      <HandoverActions selected={SELECTED} operatorId={SARA.operator_id} />
    </>,
  );
}
const press = (key: string, more: KeyboardEventInit = {}, target: Element = document.body) =>
  fireEvent.keyDown(target, { key, code: `Key${key.toUpperCase()}`, ...more });
const answers = (change: Partial<ConversationRow>) => {
  const conversation = listed(11, 0, { version: 11, ...change });
  vi.mocked(pages.handOver).mockResolvedValue({ ...SELECTED, ...conversation, conversation });
};
const asked = () => vi.mocked(pages.handOver).mock.calls.map(([action]) => action);

beforeEach(() => {
  vi.mocked(pages.handOver).mockReset();
  answers(MINE);
});
afterEach(() => {
  cleanup();
  chooseLanguage("en");
});

describe("one key", () => {
  it("takes a conversation over, from the queue, the assistant or a colleague, and lets one write at once", async () => {
    for (const change of [{}, { status: "bot" } as const, OMARS]) {
      shown(change);
      press("t");
      await waitFor(() => expect(liveNow().conversations[RANA]).toMatchObject(MINE));
      expect(document.activeElement).toBe(screen.getByTestId("composer"));
      cleanup();
    }
    expect(asked()).toEqual(["takeover", "takeover", "takeover"]);
  });

  it("gives it back", async () => {
    answers({ status: "bot" });
    shown(MINE);
    press("g");
    await waitFor(() => expect(liveNow().conversations[RANA]?.status).toBe("bot"));
    expect(asked()).toEqual(["release"]);
  });

  it("is the same key on a keyboard that writes Arabic", async () => {
    shown();
    press("ف", { code: "KeyT" });
    await waitFor(() => expect(asked()).toEqual(["takeover"]));
  });

  it("is with Alt the same while somebody writes", async () => {
    answers({ status: "bot" });
    shown(MINE);
    press("©", { code: "KeyG", altKey: true }, screen.getByTestId("composer"));
    await waitFor(() => expect(asked()).toEqual(["release"]));
  });

  it("does nothing where there is nothing to do, while somebody types, or with another key held", () => {
    shown(MINE);
    press("t");
    press("g", {}, screen.getByTestId("composer"));
    press("g", { ctrlKey: true });
    press("g", { repeat: true });
    cleanup();
    shown();
    press("g");
    expect(asked()).toEqual([]);
  });

  it("is told at its button", () => {
    shown(OMARS);
    expect(screen.getByTestId("takeover").title).toBe("Take over (T, Alt+T)");
    expect(screen.getByTestId("release").getAttribute("aria-keyshortcuts")).toBe("G Alt+G");
  });
});

describe("a takeover", () => {
  it("that is refused says why in the page's language", async () => {
    chooseLanguage("ar");
    vi.mocked(pages.handOver).mockRejectedValue(new ApiError(0, "network", "TypeError: Failed to fetch"));
    shown();
    press("t");
    expect((await screen.findByRole("alert")).textContent).toContain("تعذّر الوصول");
  });

  it("that is refused says so, and leaves the composer alone", async () => {
    vi.mocked(pages.handOver).mockRejectedValue(new ApiError(409, "gone", "Too late."));
    shown();
    press("t");
    expect((await screen.findByRole("alert")).textContent).toContain("Too late.");
    expect(document.activeElement).toBe(document.body);
  });

  it("is not asked for twice while it is under way", async () => {
    vi.mocked(pages.handOver).mockReturnValue(new Promise(() => {}));
    shown();
    press("t");
    await act(async () => {
      press("t");
    });
    expect(asked()).toEqual(["takeover"]);
  });
});
