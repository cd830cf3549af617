import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answers, scope, sentTo, settings, show, stage } from "../house/office-stage.tsx";
import AssistantPage from "./assistant-page.tsx";

stage();

const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const write = (id: string, value: string) => fireEvent.change(field(id), { target: { value } });
const save = () => fireEvent.click(screen.getByTestId("settings-save"));
const saved = () => sentTo("PUT /assistant/settings");

async function opened(section = "") {
  window.history.replaceState(null, "", section ? `/assistant/${section}` : "/assistant");
  show(<AssistantPage canChange />);
  await screen.findByTestId("settings-form");
}

beforeEach(() => {
  answers["GET /assistant/settings"] = settings();
  answers["PUT /assistant/settings"] = scope();
});
afterEach(() => {
  cleanup();
  window.history.replaceState(null, "", "/");
});

describe("the model's key", () => {
  it("is sent once it is typed, is never shown, and stays where nobody touches it", async () => {
    answers["GET /assistant/settings"] = settings({
      account: scope({ has_model_key: true, has_own_model_key: true, settings: {} }),
    });
    await opened();
    expect(screen.queryByTestId("model-key")).toBeNull();
    write("setting-model.name", "small-1");
    save();
    await waitFor(() => expect(saved()).toHaveLength(1));
    expect(saved()[0]).not.toHaveProperty("model_key");
    fireEvent.click(screen.getByTestId("model-key-renew"));
    expect(field("model-key").type).toBe("password");
    write("model-key", "sk-invented");
    save();
    await waitFor(() => expect(saved()[1]).toMatchObject({ model_key: "sk-invented" }));
    expect(JSON.stringify({ ...sessionStorage })).not.toContain("sk-invented");
  });

  it("is for one server: for another one it is asked for", async () => {
    const model = { base_url: "https://models.example/v1" };
    const effective = { ...settings().defaults, model: { ...settings().defaults.model, ...model } };
    answers["GET /assistant/settings"] = settings({
      account: scope({ has_model_key: true, has_own_model_key: true, settings: { model }, effective }),
    });
    await opened();
    write("setting-model.base_url", "https://models.example/v2");
    expect(screen.getByTestId("model-key-kept")).toBeDefined();
    write("setting-model.base_url", "https://elsewhere.example/v1");
    expect(screen.getByText(/The key that is kept belongs to another server/)).toBeDefined();
    write("model-key", "sk-invented");
    save();
    await waitFor(() => expect(saved()[0]).toMatchObject({ model_key: "sk-invented" }));
  });

  it("can be taken away", async () => {
    answers["GET /assistant/settings"] = settings({ account: scope({ has_model_key: true, has_own_model_key: true }) });
    await opened();
    fireEvent.click(screen.getByTestId("model-key-remove"));
    expect(screen.getByText("The key will be removed when you save.")).toBeDefined();
    save();
    await waitFor(() => expect(saved()).toMatchObject([{ model_key: null }]));
  });

  it("of the account holds for a number that has none, and cannot be taken away there", async () => {
    const [first, second] = settings().channels;
    const below = { ...first, has_model_key: true };
    answers["GET /assistant/settings"] = settings({ channels: [below as never, second as never] });
    await opened("1");
    expect(screen.queryByTestId("model-key-remove")).toBeNull();
    expect(screen.getByText("The key of all numbers holds, unless this one has its own.")).toBeDefined();
  });
});
