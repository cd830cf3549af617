import { describe, expect, it } from "vitest";
import type { MatchedSource } from "../api/knowledge.ts";
import { context, entry } from "../house/office-stage.tsx";
import { blankDraft, draftOfEntry, wordsOf } from "./entry-draft.ts";
import { beginLesson, changedEntry, kindOf, lessonOf } from "./lesson.ts";

const SOURCE = context().sources[0] as MatchedSource;
const archived = context({ sources: [{ ...SOURCE, entry: entry({ archived: true, version: 4 }) }] });

describe("what customers asked, as a question of an entry", () => {
  it("stands in one line, however many messages it was", () => {
    expect(blankDraft("hello\nare you  open?", ["open\ntoday"])).toMatchObject({
      question: "hello are you open?",
      phrasings: "open today",
    });
  });

  it("is no longer than a question may be, and ends with a whole word", () => {
    const { question } = blankDraft("cake ".repeat(200));
    expect(question).toHaveLength(499);
    expect(question.endsWith("cake")).toBe(true);
    expect([...blankDraft("🍰".repeat(600)).question]).toHaveLength(500);
  });
});

describe("an entry as it is typed", () => {
  const whole = draftOfEntry(entry());

  it("goes nowhere while something in it is longer than it may be", () => {
    expect(wordsOf(whole)).not.toBeNull();
    expect(wordsOf({ ...whole, question: "x".repeat(501) })).toBeNull();
    expect(wordsOf({ ...whole, answers: { en: "x".repeat(4001) } })).toBeNull();
    expect(wordsOf({ ...whole, phrasings: "x".repeat(501) })).toBeNull();
    expect(
      wordsOf({ ...whole, phrasings: Array.from({ length: 51 }, (_, place) => `way ${place}`).join("\n") }),
    ).toBeNull();
  });
});

describe("a lesson", () => {
  it("is none as long as nothing is changed", () => {
    const begun = beginLesson(context());
    expect(lessonOf(begun, context())).toBeNull();
    expect(lessonOf({ ...begun, kind: "message" }, context())).toBeNull();
  });

  it("can be that a draft was right as it was", () => {
    const drafted = context({ outcome: "handed_over", reply: null, draft: "At nine." });
    expect(lessonOf({ ...beginLesson(drafted), kind: "message" }, drafted)).toEqual({
      action: "message",
      correction: "At nine.",
    });
  });

  it("of an entry that was archived before is a new one", () => {
    expect(kindOf(beginLesson(archived), archived)).toBe("new");
  });

  it("of an entry that is archived while it is being changed keeps what was typed", () => {
    const draft = { ...draftOfEntry(entry()), question: "Opening hours?" };
    const begun = { ...beginLesson(context()), changed: { "12": { draft, version: 3 } } };
    expect(kindOf(begun, archived)).toBe("entry");
    expect(changedEntry(begun, archived)).toMatchObject({ entry: { archived: true, version: 4 }, draft, version: 3 });
    expect(lessonOf(begun, archived)).toMatchObject({ entry_id: "12", version: 3, question: "Opening hours?" });
  });
});
