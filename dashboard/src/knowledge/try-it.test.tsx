import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answers, refusal, sentTo, settings, show, stage } from "../house/office-stage.tsx";
import { chooseLanguage } from "../i18n/index.ts";
import { TryIt } from "./try-it.tsx";

stage();

const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const write = (id: string, value: string) => fireEvent.change(field(id), { target: { value } });
const press = (id: string) => fireEvent.click(screen.getByTestId(id));

function opened() {
  return show(<TryIt />);
}

afterEach(() => {
  cleanup();
  chooseLanguage("en");
});

describe("the place to try it", () => {
  const match = { entry_id: "12", question: "When are you open?", score: 87, tier: "strong", topic: null };
  const tried = {
    outcome: "replied",
    reply: "From eight to five.",
    draft: null,
    told: null,
    reason: null,
    note: "",
    confidence: 87,
    language: "en",
    sources: [{ ...match, document: null, answer: "From eight to five." }],
    steps: [
      { step: "began", at: "2027-01-12T08:00:00.000Z", detail: null },
      { step: "looked up", at: "2027-01-12T08:00:00.012Z", detail: { matches: 1 } },
    ],
  };
  const ask = (question: string) => {
    write("try-question", question);
    press("try-ask");
  };

  beforeEach(() => {
    answers["GET /assistant/settings"] = settings();
    answers["POST /assistant/try"] = tried;
  });

  it("says what it would answer, how sure it is, on what that stands, and step by step", async () => {
    opened();
    ask(" open on sunday? ");
    const outcome = await screen.findByTestId("try-outcome");
    expect(outcome.dataset.outcome).toBe("replied");
    for (const words of ["Answers", "87 % sure", "English", "+12 ms", "When are you open?"])
      expect(outcome.textContent).toContain(words);
    expect(screen.getByTestId("try-reply").textContent).toBe("From eight to five.");
    expect(sentTo("POST /assistant/try")).toEqual([{ text: "open on sunday?", channel_id: null }]);
  });

  it("says why people would be called, what the customer hears, and what it would have said", async () => {
    answers["POST /assistant/try"] = {
      ...tried,
      outcome: "handed_over",
      reply: null,
      draft: "Perhaps at nine.",
      told: "A colleague will answer you.",
      reason: "unsure",
      note: "Nothing fits.",
    };
    opened();
    ask("parrots?");
    await screen.findByTestId("try-outcome");
    expect(screen.getByTestId("try-reason").textContent).toBe("Nothing known fits");
    expect(screen.getByTestId("try-told").textContent).toBe("A colleague will answer you.");
    expect(screen.getByTestId("try-reply").textContent).toBe("Perhaps at nine.");
  });

  it("asks as on one of several numbers", async () => {
    opened();
    fireEvent.change(await screen.findByTestId("try-number"), { target: { value: "2" } });
    ask("open?");
    await waitFor(() => expect(sentTo("POST /assistant/try")).toEqual([{ text: "open?", channel_id: "2" }]));
  });

  it("keeps the question when that failed, or one was away meanwhile", async () => {
    answers["POST /assistant/try"] = refusal(429, "assistant_busy", "Wait a little.");
    const { unmount } = opened();
    ask("open?");
    expect((await screen.findByTestId("try-failure")).textContent).toBe("Wait a little.");
    unmount();
    opened();
    expect(field("try-question").value).toBe("open?");
  });

  it("tells the note in the page's language, and no score where nothing was found", async () => {
    const noted = { note: "The customer wrote “lawyer”.", note_code: "keyword", note_values: { word: "lawyer" } };
    answers["POST /assistant/try"] = {
      ...tried,
      ...noted,
      outcome: "handed_over",
      reply: null,
      reason: "keyword",
      confidence: 0,
      sources: [],
    };
    chooseLanguage("ar");
    opened();
    ask("lawyer");
    const outcome = await screen.findByTestId("try-outcome");
    expect(outcome.textContent?.replace(/[\u2068\u2069]/g, "")).toContain("كتب العميل «lawyer».");
    expect(outcome.textContent).not.toContain("متأكد");
  });
});
