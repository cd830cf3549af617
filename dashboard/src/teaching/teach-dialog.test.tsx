import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { MatchedSource } from "../api/knowledge.ts";
import { answered, RANA } from "../house/cast.ts";
import { answers, calls, context, entry, refusal, sentTo, show, stage } from "../house/office-stage.tsx";
import { chooseLanguage } from "../i18n/index.ts";
import { TeachDialog } from "./teach-dialog.tsx";

stage();

const SOURCE = context().sources[0] as MatchedSource;
const MESSAGE = answered(40);
const WHERE = { conversation_id: RANA, user_id: "7", message_id: "wamid.40" };
const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const write = (id: string, value: string) => fireEvent.change(field(id), { target: { value } });
const save = () => fireEvent.click(screen.getByTestId("teach-save"));
const canSave = () => !screen.getByTestId<HTMLButtonElement>("teach-save").disabled;
const taught = () => sentTo("POST /edit-message");

async function opened(change: Parameters<typeof context>[0] = {}) {
  answers["GET /faq-match-context"] = context(change);
  const found = show(<TeachDialog message={MESSAGE} onClose={() => {}} />);
  await screen.findByTestId("teach-save");
  return found;
}

describe("teaching", () => {
  it("shows what was asked and what was said, and begins with the entry behind it", async () => {
    await opened();
    const said = screen.getByTestId("asked-and-said").textContent;
    expect(said).toContain("Are you open on Sunday?");
    expect(said).toContain("From eight to five.");
    expect(field("lesson-entry").checked).toBe(true);
    expect(field("entry-question").value).toBe("When are you open?");
  });

  it("changes this entry: all of it goes, with the version that was seen", async () => {
    answers["POST /edit-message"] = { entry: entry() };
    await opened();
    expect(field("entry-answers-text").dataset.language).toBe("en");
    write("entry-answers-text", "From eight to five, not on Sundays.");
    fireEvent.click(screen.getByTestId("language-fr"));
    write("entry-answers-text", "De huit à cinq heures.");
    write("entry-phrasings", "opening hours\n\n sunday? \nsunday?");
    save();
    expect(await screen.findByTestId("teach-done")).toBeDefined();
    expect(taught()).toEqual([
      {
        ...WHERE,
        action: "entry",
        entry_id: "12",
        version: 3,
        question: "When are you open?",
        answers: {
          en: "From eight to five, not on Sundays.",
          ar: "من الثامنة إلى الخامسة.",
          fr: "De huit à cinq heures.",
        },
        phrasings: ["opening hours", "sunday?"],
        topic: "hours",
      },
    ]);
  });

  it("adds a new one, with the customer's question and an answer in their language first", async () => {
    answers["POST /edit-message"] = { entry: entry() };
    await opened({ language: "arabizi", question: "fet7in el a7ad?" });
    fireEvent.click(screen.getByTestId("lesson-new"));
    expect(field("entry-question").value).toBe("fet7in el a7ad?");
    expect(canSave()).toBe(false);
    expect(field("entry-answers-text").dataset.language).toBe("ar");
    write("entry-answers-text", "لا، الأحد عطلة.");
    save();
    await screen.findByTestId("teach-done");
    expect(taught()).toEqual([
      {
        ...WHERE,
        action: "new",
        question: "fet7in el a7ad?",
        answers: { ar: "لا، الأحد عطلة." },
        phrasings: [],
        topic: null,
      },
    ]);
  });

  it("corrects only this message", async () => {
    answers["POST /edit-message"] = {};
    await opened();
    fireEvent.click(screen.getByTestId("lesson-message"));
    expect(field("teach-correction").value).toBe("From eight to five.");
    write("teach-correction", "  ");
    expect(canSave()).toBe(false);
    write("teach-correction", "Not on Sundays.");
    save();
    expect((await screen.findByTestId("teach-done")).textContent).toContain("Noted for this message.");
    expect(taught()).toEqual([{ ...WHERE, action: "message", correction: "Not on Sundays." }]);
  });

  it("shows what the entry says, be it in another language than the customer's", async () => {
    await opened({ language: "fr" });
    expect(field("entry-answers-text").value).toBe("From eight to five.");
    expect(screen.getByTestId("language-fr")).toBeDefined();
  });

  it("offers no entry to be changed where none is left", async () => {
    await opened({ sources: [{ ...SOURCE, entry: null }] });
    expect(screen.queryByTestId("lesson-entry")).toBeNull();
    expect(field("lesson-new").checked).toBe(true);
  });

  it("lets one choose which of several entries it was", async () => {
    const other = entry({ entry_id: "13", question: "Where are you?", answers: { en: "In Beirut." }, version: 7 });
    answers["POST /edit-message"] = { entry: other };
    await opened({ sources: [SOURCE, { ...SOURCE, entry_id: "13", entry: other }] });
    fireEvent.change(screen.getByTestId("teach-which-entry"), { target: { value: "13" } });
    write("entry-answers-text", "In Beirut, Hamra.");
    save();
    await screen.findByTestId("teach-done");
    expect(taught()).toMatchObject([{ entry_id: "13", version: 7, answers: { en: "In Beirut, Hamra." } }]);
  });
});

describe("what was typed", () => {
  it("can be discarded, to begin with the entry as it is", async () => {
    await opened();
    expect(screen.queryByTestId("teach-discard")).toBeNull();
    write("entry-answers-text", "Half a sent");
    fireEvent.click(screen.getByTestId("teach-discard"));
    expect(field("entry-answers-text").value).toBe("From eight to five.");
    expect(screen.queryByTestId("teach-discard")).toBeNull();
    expect(canSave()).toBe(false);
  });

  it("is there again when the window was closed before it was saved, each way of teaching by itself", async () => {
    const { unmount } = await opened();
    write("entry-answers-text", "Half a sent");
    fireEvent.click(screen.getByTestId("lesson-new"));
    write("entry-question", "Sundays?");
    unmount();
    await opened();
    expect(field("entry-question").value).toBe("Sundays?");
    fireEvent.click(screen.getByTestId("lesson-entry"));
    expect(field("entry-answers-text").value).toBe("Half a sent");
  });

  it("stays when it could not be saved, and the reason is told", async () => {
    answers["POST /edit-message"] = refusal(503, "unavailable", "The database does not answer.");
    await opened();
    write("entry-answers-text", "From nine.");
    save();
    expect((await screen.findByTestId("teach-failure")).textContent).toBe(
      "It was not saved; what you wrote is still here. The database does not answer.",
    );
    expect(field("entry-answers-text").value).toBe("From nine.");
    expect(canSave()).toBe(true);
  });

  it("says in Arabic too why it was not saved", async () => {
    answers["POST /edit-message"] = refusal(409, "knowledge_full", "Too many entries.");
    chooseLanguage("ar");
    await opened();
    write("entry-answers-text", "From nine.");
    save();
    expect((await screen.findByTestId("teach-failure")).textContent).toContain("امتلأت معرفة المساعد");
    chooseLanguage("en");
  });
});

describe("an entry that somebody else has changed meanwhile", () => {
  const theirs = entry({ answers: { en: "From seven." }, version: 5, updated_by_name: "Lina" });

  async function conflict() {
    answers["POST /edit-message"] = ({ body }) =>
      body.version === 5 ? { entry: theirs } : refusal(409, "newer_version", "Look again.");
    await opened();
    write("entry-answers-text", "From nine.");
    answers["GET /faq-match-context"] = context({ sources: [{ ...SOURCE, entry: theirs }] });
    save();
    await waitFor(() => expect(screen.getByTestId("conflict").textContent).toContain("From seven."));
  }

  it("is shown as it is now, with who did it; nothing is overwritten by that", async () => {
    await conflict();
    expect(screen.getByTestId("conflict").textContent?.replace(/[\u2068\u2069]/g, "")).toContain(
      "Lina changed this meanwhile.",
    );
    expect(field("entry-answers-text").value).toBe("From nine.");
    expect(canSave()).toBe(false);
    expect(taught()).toHaveLength(1);
  });

  it("is overwritten by whoever says so", async () => {
    await conflict();
    fireEvent.click(screen.getByTestId("conflict-mine"));
    await screen.findByTestId("teach-done");
    expect(taught()[1]).toMatchObject({ version: 5, answers: { en: "From nine." } });
  });

  it("or is taken as it is, to be changed from there", async () => {
    await conflict();
    fireEvent.click(screen.getByTestId("conflict-theirs"));
    expect(screen.queryByTestId("conflict")).toBeNull();
    expect(field("entry-answers-text").value).toBe("From seven.");
    write("entry-answers-text", "From seven, not on Sundays.");
    save();
    await screen.findByTestId("teach-done");
    expect(taught()[1]).toMatchObject({ version: 5, answers: { en: "From seven, not on Sundays." } });
  });

  it("is not overwritten in silence by what was begun before and taken up again", async () => {
    const { unmount } = await opened();
    write("entry-answers-text", "From nine.");
    unmount();
    answers["POST /edit-message"] = refusal(409, "newer_version", "Look again.");
    await opened({ sources: [{ ...SOURCE, entry: theirs }] });
    save();
    await screen.findByTestId("conflict");
    expect(taught()).toMatchObject([{ version: 3 }]);
  });
});

it("an answer that cannot be read says so, and can be asked for again", async () => {
  answers["GET /faq-match-context"] = refusal(503, "unavailable");
  show(<TeachDialog message={MESSAGE} onClose={() => {}} />);
  const again = await screen.findByTestId("context-again");
  answers["GET /faq-match-context"] = context();
  fireEvent.click(again);
  expect(await screen.findByTestId("teach-save")).toBeDefined();
  expect(calls.filter(({ path }) => path === "/faq-match-context")).toHaveLength(2);
  cleanup();
});
