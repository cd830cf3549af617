import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answers, refusal, scope, sentTo, settings, show, stage } from "../house/office-stage.tsx";
import AssistantPage from "./assistant-page.tsx";

stage();

const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const write = (id: string, value: string) => fireEvent.change(field(id), { target: { value } });
const save = () => fireEvent.click(screen.getByTestId("tools-save"));
const saved = () => sentTo("PUT /assistant/tools");
const standing = () => screen.getByTestId("tools-standing").textContent;

async function opened() {
  window.history.replaceState(null, "", "/assistant/tools");
  const found = show(<AssistantPage canChange />);
  await screen.findByTestId("tools-form");
  return found;
}

beforeEach(() => {
  answers["GET /assistant/settings"] = settings();
  answers["PUT /assistant/tools"] = { tools: [], version: 5 };
});
afterEach(() => {
  cleanup();
  window.history.replaceState(null, "", "/");
});

describe("tools", () => {
  const tool = {
    name: "order_state",
    description: "The state of an order.",
    parameters: { type: "object", properties: { order: { type: "string" } } },
    url: "https://orders.example/state",
    method: "GET",
    header: "Authorization",
    has_secret: true,
  };

  it("go as a whole; a secret that nobody touched is not in it", async () => {
    answers["GET /assistant/settings"] = settings({ tools: [tool] });
    await opened();
    expect(screen.getByTestId("tool-secret-kept")).toBeDefined();
    write("tool-description", "What has become of an order.");
    save();
    const { has_secret: _, ...told } = tool;
    await waitFor(() =>
      expect(saved()).toEqual([{ tools: [{ ...told, description: "What has become of an order." }], version: 4 }]),
    );
  });

  it("are added once they are whole", async () => {
    await opened();
    fireEvent.click(screen.getByTestId("tool-add"));
    const canSaveTools = () => !screen.getByTestId<HTMLButtonElement>("tools-save").disabled;
    write("tool-name", "Order State");
    write("tool-description", "The state of an order.");
    write("tool-url", "orders.example");
    expect(screen.getByText("This is no web address.")).toBeDefined();
    write("tool-url", "https://orders.example/state");
    expect(canSaveTools()).toBe(false);
    write("tool-name", "order_state");
    write("tool-parameters", "{nonsense");
    expect(canSaveTools()).toBe(false);
    write("tool-parameters", '{"type": "object", "properties": {}}');
    write("tool-secret", "invented");
    expect(canSaveTools()).toBe(true);
    save();
    await waitFor(() =>
      expect(saved()[0]).toMatchObject({
        tools: [{ name: "order_state", method: "GET", secret: "invented" }],
      }),
    );
  });

  it("that could not be saved are still there", async () => {
    answers["GET /assistant/settings"] = settings({ tools: [tool] });
    answers["PUT /assistant/tools"] = refusal(409, "newer_version", "Look again.");
    await opened();
    write("tool-description", "Another.");
    save();
    await screen.findByText(/Look again/);
    expect(field("tool-description").value).toBe("Another.");
  });

  it("are there again after another section was looked at, but for a secret, which is written down nowhere", async () => {
    const { unmount } = await opened();
    fireEvent.click(screen.getByTestId("tool-add"));
    write("tool-name", "order_state");
    write("tool-secret", "invented");
    expect(JSON.stringify({ ...sessionStorage })).not.toContain("invented");
    unmount();
    await opened();
    expect(field("tool-name").value).toBe("order_state");
    expect(field("tool-secret").value).toBe("");
    fireEvent.click(screen.getByTestId("tools-discard"));
    expect(screen.queryByTestId("tool")).toBeNull();
  });

  it("tell that a secret does not follow to another name or server, before it is lost", async () => {
    answers["GET /assistant/settings"] = settings({ tools: [tool] });
    await opened();
    write("tool-url", "https://orders.example/v2/state");
    expect(screen.getByTestId("tool-secret-kept")).toBeDefined();
    write("tool-url", "https://elsewhere.example/state");
    expect(screen.queryByTestId("tool-secret-kept")).toBeNull();
    expect(screen.getByText(/belongs to another name or server/)).toBeDefined();
    write("tool-url", tool.url);
    write("tool-name", "state_of_order");
    expect(screen.queryByTestId("tool-secret-kept")).toBeNull();
    write("tool-name", tool.name);
    expect(screen.getByTestId("tool-secret-kept")).toBeDefined();
  });

  it("that somebody else has changed meanwhile are overwritten only by whoever says so", async () => {
    answers["GET /assistant/settings"] = settings({ tools: [tool] });
    answers["PUT /assistant/tools"] = ({ body }) =>
      body.version === 5 ? { tools: [], version: 6 } : refusal(409, "newer_version");
    await opened();
    write("tool-description", "Mine.");
    const theirs = { ...tool, description: "Theirs." };
    answers["GET /assistant/settings"] = settings({ tools: [theirs], account: scope({ version: 5 }) });
    save();
    await waitFor(() => expect(standing()).toContain("Yours are still here."));
    expect(field("tool-description").value).toBe("Mine.");
    expect(screen.getByTestId("tools-save").textContent).toBe("Save mine over it");
    save();
    await waitFor(() => expect(saved()[1]).toMatchObject({ version: 5, tools: [{ description: "Mine." }] }));
  });

  it("that are refused say so at the field", async () => {
    const fields = [{ field: "tools.0.header", problem: "This header belongs to the request itself" }];
    answers["GET /assistant/settings"] = settings({ tools: [tool] });
    answers["PUT /assistant/tools"] = [422, { success: false, code: "invalid_request", error: "No.", fields }];
    await opened();
    write("tool-header", "Host");
    save();
    await waitFor(() => expect(field("tool-header").getAttribute("aria-invalid")).toBe("true"));
    expect(screen.getByText("This header belongs to the request itself")).toBeDefined();
    write("tool-header", "X-Key");
    expect(field("tool-header").getAttribute("aria-invalid")).toBeNull();
  });
});
