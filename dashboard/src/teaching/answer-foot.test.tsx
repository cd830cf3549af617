import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import type { Message } from "../api/types.ts";
import { answered, handedOver, RANA } from "../house/cast.ts";
import { answers, calls, context, entry, refusal, sentTo, show, stage } from "../house/office-stage.tsx";
import { chooseLanguage } from "../i18n/index.ts";
import { changeDraft, draftOf } from "../live/drafts.ts";
import AnswerFoot from "./answer-foot.tsx";
import HandoverLine from "./handover-line.tsx";
import IdleLine from "./idle-line.tsx";
import { closeTeaching, useOpened } from "./opened.ts";
import TeachingWindows from "./windows.tsx";

stage();
afterEach(() => {
  cleanup();
  closeTeaching();
  changeDraft(RANA, { text: "", reply: null });
  chooseLanguage("en");
});

let next = 100;
/** A message that no other test has judged. */
const fresh = (told: Record<string, unknown> = {}) => {
  next += 1;
  return answered(next, {}, told);
};
const plain = (words: string | null | undefined) => words?.replace(/[\u2068\u2069]/g, "");
const pressed = (id: string) => screen.getByTestId(id).getAttribute("aria-pressed");
const foot = (message: Message) =>
  show(
    <>
      <AnswerFoot message={message} />
      <TeachingWindows />
    </>,
  );

describe("under an answer of the assistant", () => {
  it("stands where it comes from, and how sure it was", () => {
    foot(fresh());
    expect(plain(screen.getByTestId("sources").textContent)).toBe("from:When are you open?· 87 %");
  });

  it("stands how many more sources it has, and a document by its name", () => {
    const source = {
      entry_id: "5",
      question: "Delivery",
      score: 70,
      tier: "weak",
      topic: null,
      document: "Prices.pdf",
    };
    foot(fresh({ confidence: 70, sources: [source, source, source] }));
    expect(plain(screen.getByTestId("sources").textContent)).toBe("from:Prices.pdfand 2 more· 70 %");
    cleanup();
    foot(fresh({ confidence: 90, sources: "nonsense" }));
    // A courtesy: there is nothing to be sure of.
    expect(screen.getByTestId("sources").textContent).toBe("no entry was needed");
  });

  it("stands what was done elsewhere, and what nobody can be sure of", () => {
    const deeds = [
      { tool: "book_table", ok: true },
      { tool: "send_invoice", ok: false },
    ];
    foot(fresh({ deeds }));
    const told = () => screen.getAllByTestId("deed").map(({ textContent }) => plain(textContent));
    const expected = ["Done elsewhere: book_table", "send_invoice was called; whether it was done is not known"];
    expect(told()).toEqual(expected);
    cleanup();
    show(<HandoverLine message={handedOver(900, { deeds })} />);
    expect(told()).toEqual(expected);
  });

  it("stands whether it was a good one; a second press takes that back", async () => {
    answers["POST /answer-feedback"] = {};
    const message = fresh();
    foot(message);
    fireEvent.click(screen.getByTestId("verdict-up"));
    await waitFor(() => expect(pressed("verdict-up")).toBe("true"));
    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>("verdict-up").disabled).toBe(false));
    fireEvent.click(screen.getByTestId("verdict-up"));
    await waitFor(() => expect(sentTo("POST /answer-feedback")).toHaveLength(2));
    const { conversation_id, message_id } = message;
    expect(sentTo("POST /answer-feedback")).toEqual([
      { conversation_id, message_id, verdict: "up" },
      { conversation_id, message_id, verdict: null },
    ]);
    expect(pressed("verdict-up")).toBe("false");
    expect(useOpened.getState().opened).toBeNull();
  });

  it("a verdict that was not taken is not shown, and it is said why", async () => {
    answers["POST /answer-feedback"] = refusal(404, "no_answer", "The assistant did not answer here.");
    foot(fresh());
    fireEvent.click(screen.getByTestId("verdict-up"));
    expect((await screen.findByTestId("verdict-failure")).textContent).toBe("The assistant did not answer here.");
    expect(pressed("verdict-up")).toBe("false");
  });

  it("what the server tells later counts more than what was pressed here", async () => {
    answers["POST /answer-feedback"] = {};
    const message = fresh();
    const { unmount } = foot(message);
    fireEvent.click(screen.getByTestId("verdict-up"));
    await waitFor(() => expect(pressed("verdict-up")).toBe("true"));
    unmount();
    const newer = { ...message, version: message.version + 1000 };
    foot({ ...newer, metadata: { assistant: { ...(newer.metadata.assistant as object), verdict: "down" } } });
    expect(pressed("verdict-down")).toBe("true");
    cleanup();
    // A newer version that says nothing of a verdict, as of a tick, takes nothing back.
    foot(newer);
    expect(pressed("verdict-up")).toBe("true");
  });

  it("stands what was learnt at it", () => {
    foot(fresh({ verdict: "down", taught: "new" }));
    expect(screen.getByTestId("taught").textContent).toBe("taught: entry added");
  });

  it("a thumb down opens teaching, and is recorded whatever comes of that", async () => {
    answers["POST /answer-feedback"] = {};
    answers["GET /faq-match-context"] = context();
    const message = fresh();
    foot(message);
    fireEvent.click(screen.getByTestId("verdict-down"));
    expect(await screen.findByTestId("teach-dialog")).toBeDefined();
    await waitFor(() => expect(sentTo("POST /answer-feedback")).toHaveLength(1));
    expect(calls.find(({ path }) => path === "/faq-match-context")?.query).toEqual({
      conversation_id: RANA,
      message_id: message.message_id,
    });
  });
});

describe("the sources of an answer", () => {
  it("are shown with score, kind, topic and text, and lead on to teaching", async () => {
    answers["GET /faq-match-context"] = context();
    foot(fresh());
    fireEvent.click(screen.getByTestId("sources"));
    await screen.findByText("Are you open on Sunday?");
    const match = screen.getByTestId("match");
    expect(match.dataset.tier).toBe("strong");
    for (const words of ["87 % · fits well", "hours", "When are you open?", "From eight to five."])
      expect(match.textContent).toContain(words);
    expect(screen.queryByTestId("entry-standing")).toBeNull();
    fireEvent.click(screen.getByTestId("sources-teach"));
    expect(await screen.findByTestId("teach-dialog")).toBeDefined();
  });

  it("say what has become of an entry since", async () => {
    const [source] = context().sources;
    const sources = [
      { ...source, entry: entry({ answers: { en: "From nine." } }) },
      { ...source, entry_id: "13", entry: null },
    ];
    answers["GET /faq-match-context"] = { ...context(), sources };
    foot(fresh());
    fireEvent.click(screen.getByTestId("sources"));
    await waitFor(() => expect(screen.getAllByTestId("entry-standing")).toHaveLength(2));
    expect(screen.getAllByTestId("entry-standing").map((line) => line.textContent)).toEqual([
      "This entry has been changed since.",
      "This entry is in the archive now.",
    ]);
  });

  it("are shown as the message tells them where the server cannot be asked", async () => {
    foot(fresh());
    fireEvent.click(screen.getByTestId("sources"));
    expect(await screen.findByText("How this answer came about could not be read.")).toBeDefined();
    expect(screen.getByTestId("match").textContent).toContain("When are you open?");
  });
});

describe("the line of a conversation that fell silent", () => {
  const line = (idle: unknown) => {
    const message = { ...handedOver(20), content: "Ended after 30 min without a word.", metadata: { idle } };
    show(<IdleLine message={message} />);
    const found = screen.getByTestId("idle-line").textContent;
    cleanup();
    return found;
  };

  it("says what was done and after how long, in the page's language", () => {
    expect(line({ move: "end", minutes: 30 })).toContain("Ended after 30 minutes without a word");
    expect(line({ move: "release", minutes: 120 })).toContain("Given back to the assistant after 2 hours");
    expect(line({ move: "end", minutes: 2880 })).toContain("2 days");
    expect(line("nonsense")).toContain("Ended after");
    chooseLanguage("ar");
    expect(line({ move: "end", minutes: 30 })).toMatch(/^أُنهيت بعد .*دقيقة/);
  });
});

describe("the line of a hand-over", () => {
  const line = (told: Record<string, unknown> = {}) => show(<HandoverLine message={handedOver(20, told)} />);

  it("says why, with the assistant's note", () => {
    line();
    expect(screen.getByTestId("handover-line").dataset.reason).toBe("unsure");
    expect(screen.getByTestId("handover-line").textContent).toContain("Handed over to people · Nothing known fits");
    expect(screen.getByTestId("handover-note").textContent).toBe("Nothing fits.");
  });

  it("holds what was not said as something that is not sent, until a person uses it", () => {
    line();
    expect(screen.getByTestId("handover-draft").textContent).toContain("not sent");
    expect(draftOf(RANA).text).toBe("");
    fireEvent.click(screen.getByTestId("use-draft"));
    expect(draftOf(RANA).text).toBe("Perhaps at nine.");
  });

  it("puts it below what was begun to be written", () => {
    changeDraft(RANA, { text: "Dear Rana," });
    line();
    fireEvent.click(screen.getByTestId("use-draft"));
    expect(draftOf(RANA).text).toBe("Dear Rana,\nPerhaps at nine.");
  });

  it("lets the answer be taught, with a draft and without", () => {
    for (const told of [{}, { draft: null }]) {
      line(told);
      fireEvent.click(screen.getByTestId("teach"));
      expect(useOpened.getState().opened).toMatchObject({ shown: "teaching" });
      cleanup();
      closeTeaching();
    }
    line({ draft: null, reason: "asked" });
    expect(screen.queryByTestId("teach")).toBeNull();
    cleanup();
    line({ draft: null, taught: "new" });
    expect(screen.queryByTestId("teach")).toBeNull();
    expect(screen.getByTestId("taught").textContent).toBe("taught: entry added");
  });

  it("tells the note in the page's language by its code, and a model's own words as they are", () => {
    const note = (told: Record<string, unknown>) => {
      line({ reason: "keyword", ...told });
      const found = plain(screen.getByTestId("handover-note").textContent);
      cleanup();
      return found;
    };
    const keyword = { note: "The customer wrote “محام”.", note_code: "keyword", note_values: { word: "محام" } };
    const unheard = { because: "model_timeout", seconds: 20 };
    chooseLanguage("ar");
    expect(note(keyword)).toBe("كتب العميل «محام».");
    expect(note({ note: "…", note_code: "voice_note_unheard", note_values: unheard })).toMatch(
      /^تعذّر تدوين رسالة صوتية: لم يجب النموذج خلال المهلة/,
    );
    for (const note_code of [null, "of_a_newer_server"]) {
      expect(note({ note: "They want a discount.", note_code, note_values: {} })).toBe("They want a discount.");
    }
    chooseLanguage("en");
    expect(note(keyword)).toBe("The customer wrote “محام”.");
  });

  it("does not say once more what the reason says", () => {
    line({ reason: "asked", note: "The customer asks for a person.", note_code: "customer_asks", note_values: {} });
    expect(screen.queryByTestId("handover-note")).toBeNull();
  });

  it("is drawn whatever it holds", () => {
    line({ reason: "a new one", note: 7, draft: { text: "?" } });
    expect(screen.getByTestId("handover-line").textContent).toContain("Handed over to people");
  });
});
