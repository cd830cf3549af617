import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Operator } from "../api/types.ts";
import { answers, show, stage } from "../house/office-stage.tsx";
import { chooseLanguage } from "../i18n/index.ts";
import { Sidebar } from "./sidebar.tsx";

stage();
afterEach(() => {
  cleanup();
  chooseLanguage("en");
  window.history.replaceState(null, "", "/");
});

const SARA: Operator = { operator_id: "1", name: "Sara", email: "sara@x.test", role: "operator", status: "available" };
const shown = (waiting_conversations: number) => {
  answers["GET /metrics"] = { metrics: { waiting_conversations } };
  show(<Sidebar operator={SARA} onStatus={vi.fn()} onLogOut={vi.fn()} hiddenOnPhone={false} />);
};

describe("the sidebar", () => {
  it("says how many wait, also to whoever cannot see it", async () => {
    shown(3);
    expect((await screen.findByTestId("waiting-count")).textContent).toBe("3");
    expect(screen.getByTestId("nav-waiting").getAttribute("aria-label")).toBe("Waiting queue. 3 are waiting");
    cleanup();
    chooseLanguage("ar");
    shown(2);
    await screen.findByTestId("waiting-count");
    expect(screen.getByTestId("nav-waiting").getAttribute("aria-label")).toContain("محادثتان بالانتظار");
  });

  it("says nothing of nobody", async () => {
    shown(0);
    await new Promise((go) => setTimeout(go, 5));
    expect(screen.queryByTestId("waiting-count")).toBeNull();
    expect(screen.getByTestId("nav-waiting").getAttribute("aria-label")).toBe("Waiting queue");
  });

  it("leads to the assistant's pages and back, and says where one is", () => {
    window.history.replaceState(null, "", "/conversations/7/1_1_1?search=rana");
    shown(0);
    fireEvent.click(screen.getByTestId("nav-knowledge"));
    expect(window.location.pathname + window.location.search).toBe("/knowledge");
    expect(screen.getByTestId("nav-knowledge").getAttribute("aria-current")).toBe("page");
    expect(screen.getByTestId("nav-inbox").getAttribute("aria-current")).toBeNull();
    fireEvent.click(screen.getByTestId("nav-assistant"));
    expect(window.location.pathname).toBe("/assistant");
    fireEvent.click(screen.getByTestId("nav-waiting"));
    expect(window.location.pathname + window.location.search).toBe("/?view=waiting");
  });
});
