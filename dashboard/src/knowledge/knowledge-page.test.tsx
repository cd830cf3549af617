import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answers, calls, entry, refusal, sentTo, show, stage } from "../house/office-stage.tsx";
import { chooseLanguage } from "../i18n/index.ts";
import KnowledgePage from "./knowledge-page.tsx";

stage();

const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const write = (id: string, value: string) => fireEvent.change(field(id), { target: { value } });
const press = (id: string) => fireEvent.click(screen.getByTestId(id));
const asked = (path: string) => calls.filter((call) => call.method === "GET" && call.path === path);
const page = (entries: object[], more: object = {}) => ({
  entries,
  next_cursor: null,
  total: entries.length,
  topics: ["delivery", "hours"],
  ...more,
});

function opened(section = "") {
  window.history.replaceState(null, "", section ? `/knowledge/${section}` : "/knowledge");
  return show(<KnowledgePage />);
}

beforeEach(() => {
  answers["GET /knowledge/entries"] = page([entry()]);
});
afterEach(() => {
  cleanup();
  chooseLanguage("en");
  window.history.replaceState(null, "", "/");
});

describe("the entries", () => {
  it("are listed with answer, topic, languages and what they come from", async () => {
    const passage = entry({ entry_id: "13", document: { document_id: "5", name: "Prices.pdf" }, origin: "document" });
    answers["GET /knowledge/entries"] = page([entry(), passage], { total: 1203 });
    opened();
    const rows = await screen.findAllByTestId("entry");
    expect(rows[0]?.textContent).toContain("When are you open?");
    expect(rows[0]?.textContent).toContain("From eight to five.hoursENAR");
    expect(rows[1]?.textContent).toContain("Prices.pdf");
    expect(screen.getByTestId("entries-total").textContent).toBe("1,203 entries");
  });

  it("are searched by the server, a moment after the last key, and cut by topic and archive", async () => {
    opened();
    await screen.findByTestId("entry");
    write("entries-search", "sun");
    write("entries-search", "sunday");
    write("entries-topic", "hours");
    press("entries-archived");
    const last = { search: "sunday", topic: "hours", archived: "true", passages: "false", limit: "50" };
    await waitFor(() => expect(asked("/knowledge/entries").at(-1)?.query).toEqual(last));
    expect(asked("/knowledge/entries").map(({ query }) => query.search)).not.toContain("sun");
  });

  it("come page by page", async () => {
    answers["GET /knowledge/entries"] = ({ query }) =>
      query.cursor === "next"
        ? page([entry({ entry_id: "13", question: "Where are you?" })])
        : page([entry()], { next_cursor: "next", total: 2 });
    opened();
    await screen.findByTestId("entry");
    press("entries-more");
    await waitFor(() => expect(screen.getAllByTestId("entry")).toHaveLength(2));
    expect(screen.queryByTestId("entries-more")).toBeNull();
  });

  it("say when there are none, and when they could not be read", async () => {
    answers["GET /knowledge/entries"] = page([]);
    const { unmount } = opened();
    expect(await screen.findByText("Nothing is known yet")).toBeDefined();
    unmount();
    answers["GET /knowledge/entries"] = refusal(503, "unavailable");
    opened();
    await screen.findByTestId("read-failed");
    answers["GET /knowledge/entries"] = page([entry()]);
    fireEvent.click(screen.getByText("Try again"));
    expect(await screen.findByTestId("entry")).toBeDefined();
  });

  it("are added with answers by language, and listed at once", async () => {
    answers["POST /knowledge/entries"] = { entry: entry() };
    opened();
    await screen.findByTestId("entry");
    press("entry-add");
    expect(screen.getByTestId<HTMLButtonElement>("entry-save").disabled).toBe(true);
    write("entry-question", " Do you deliver? ");
    write("entry-answers-text", "Yes, in Beirut.");
    fireEvent.change(field("language-add"), { target: { value: "es" } });
    write("entry-answers-text", "Sí, en Beirut.");
    write("entry-topic", "delivery");
    press("entry-save");
    await waitFor(() => expect(screen.queryByTestId("entry-dialog")).toBeNull());
    expect(sentTo("POST /knowledge/entries")).toEqual([
      {
        question: "Do you deliver?",
        phrasings: [],
        answers: { en: "Yes, in Beirut.", es: "Sí, en Beirut." },
        topic: "delivery",
      },
    ]);
    await waitFor(() => expect(asked("/knowledge/entries").length).toBeGreaterThan(1));
  });

  it("are changed with the version that was seen", async () => {
    answers["PUT /knowledge/entries/12"] = { entry: entry({ version: 4 }) };
    opened();
    fireEvent.click(await screen.findByTestId("entry"));
    write("entry-answers-text", "From nine.");
    press("entry-save");
    await waitFor(() => expect(screen.queryByTestId("entry-dialog")).toBeNull());
    const { question, phrasings, answers: said, topic } = entry();
    expect(sentTo("PUT /knowledge/entries/12")).toEqual([
      { question, phrasings, answers: { ...said, en: "From nine." }, topic, version: 3, archived: false },
    ]);
  });

  it("go into the archive when that was asked once more, and come back from it", async () => {
    answers["DELETE /knowledge/entries/12"] = { entry: entry({ archived: true }) };
    answers["PUT /knowledge/entries/12"] = { entry: entry() };
    const { unmount } = opened();
    fireEvent.click(await screen.findByTestId("entry"));
    press("entry-archive");
    expect(sentTo("DELETE /knowledge/entries/12")).toEqual([]);
    press("entry-archive-confirm");
    await waitFor(() => expect(screen.queryByTestId("entry-dialog")).toBeNull());
    expect(sentTo("DELETE /knowledge/entries/12")).toHaveLength(1);
    unmount();
    answers["GET /knowledge/entries"] = page([entry({ archived: true, version: 4 })]);
    opened();
    fireEvent.click(await screen.findByTestId("entry"));
    press("entry-restore");
    await waitFor(() =>
      expect(sentTo("PUT /knowledge/entries/12")).toMatchObject([{ version: 4, archived: false, topic: "hours" }]),
    );
  });

  it("show who changed them, when, and to what", async () => {
    const change = { from_message: null, changed_at: "2027-01-12T08:00:00Z" };
    answers["GET /knowledge/entries/12/changes"] = {
      changes: [
        { ...change, version: 2, operator_name: null, entry: { ...entry(), answers: { en: "From seven." } } },
        { ...change, version: 3, operator_name: "Omar", from_message: "wamid.9", entry: entry() },
      ],
    };
    opened();
    fireEvent.click(await screen.findByTestId("entry"));
    expect(asked("/knowledge/entries/12/changes")).toEqual([]);
    const history = screen.getByTestId<HTMLDetailsElement>("entry-history");
    act(() => {
      history.open = true;
      history.dispatchEvent(new Event("toggle"));
    });
    const [newest, oldest] = await screen.findAllByTestId("entry-change");
    expect(newest?.textContent).toContain("Omar");
    expect(newest?.textContent).toContain("taught at a message");
    expect(oldest?.textContent).toContain("Somebody");
    expect(oldest?.textContent).toContain("From seven.");
  });
});

describe("an entry that somebody else has changed meanwhile", () => {
  const theirs = { ...entry(), answers: { en: "From seven." } };

  async function conflict() {
    answers["PUT /knowledge/entries/12"] = ({ body }) =>
      body.version === 7 ? { entry: entry({ version: 8 }) } : refusal(409, "newer_version");
    answers["GET /knowledge/entries/12/changes"] = {
      changes: [
        { version: 7, operator_name: "Lina", changed_at: "2027-01-12T08:00:00Z", from_message: null, entry: theirs },
      ],
    };
    opened();
    fireEvent.click(await screen.findByTestId("entry"));
    write("entry-answers-text", "From nine.");
    press("entry-save");
    await waitFor(() => expect(screen.getByTestId("conflict").textContent).toContain("From seven."));
  }

  it("is shown beside one's own words, and overwritten only by whoever says so", async () => {
    await conflict();
    expect(screen.getByTestId("conflict").textContent).toContain("Lina");
    expect(field("entry-answers-text").value).toBe("From nine.");
    press("conflict-mine");
    await waitFor(() => expect(screen.queryByTestId("entry-dialog")).toBeNull());
    expect(sentTo("PUT /knowledge/entries/12")[1]).toMatchObject({ version: 7, answers: { en: "From nine." } });
  });

  it("or is taken as it is", async () => {
    await conflict();
    press("conflict-theirs");
    expect(field("entry-answers-text").value).toBe("From seven.");
    press("entry-save");
    await waitFor(() => expect(screen.queryByTestId("entry-dialog")).toBeNull());
    expect(sentTo("PUT /knowledge/entries/12")[1]).toMatchObject({ version: 7, answers: { en: "From seven." } });
  });
});

describe("an entry that is brought back", () => {
  it("while somebody else changes it is a decision like any other", async () => {
    const old = entry({ archived: true, version: 4 });
    answers["GET /knowledge/entries"] = page([old]);
    answers["PUT /knowledge/entries/12"] = ({ body }) =>
      body.version === 7 ? { entry: entry({ version: 8 }) } : refusal(409, "newer_version");
    const change = { operator_name: "Lina", changed_at: "2027-01-12T08:00:00Z", from_message: null };
    answers["GET /knowledge/entries/12/changes"] = { changes: [{ ...change, version: 7, entry: old }] };
    opened();
    fireEvent.click(await screen.findByTestId("entry"));
    press("entry-restore");
    expect((await screen.findByTestId("conflict")).textContent).toContain("This entry is in the archive now.");
    press("conflict-mine");
    await waitFor(() => expect(screen.queryByTestId("entry-dialog")).toBeNull());
    expect(sentTo("PUT /knowledge/entries/12")[1]).toMatchObject({ version: 7, archived: false });
  });
});

describe("what was typed into an entry", () => {
  it("can be discarded, to begin with the entry as it is", async () => {
    opened();
    fireEvent.click(await screen.findByTestId("entry"));
    expect(screen.queryByTestId("entry-discard")).toBeNull();
    write("entry-answers-text", "From nine.");
    press("entry-discard");
    expect(field("entry-answers-text").value).toBe("From eight to five.");
    expect(screen.queryByTestId("entry-discard")).toBeNull();
  });

  it("is there again when its window was closed, or could not be saved", async () => {
    answers["POST /knowledge/entries"] = refusal(409, "knowledge_full", "It is full.");
    opened();
    await screen.findByTestId("entry");
    press("entry-add");
    write("entry-question", "Do you deliver?");
    write("entry-answers-text", "Yes");
    press("entry-save");
    expect((await screen.findByTestId("entry-failure")).textContent).toContain("It is full.");
    press("dialog-close");
    await waitFor(() => expect(screen.queryByTestId("entry-dialog")).toBeNull());
    press("entry-add");
    expect(field("entry-question").value).toBe("Do you deliver?");
    expect(field("entry-answers-text").value).toBe("Yes");
  });
});

describe("unanswered questions", () => {
  const group = {
    group_id: "70",
    question: "Do you have gluten free bread?",
    language: "en",
    count: 4,
    examples: [
      { question: "gluten free?", conversation_id: "1_1_2", user_id: "7", asked_at: "2027-01-12T08:00:00Z" },
      {
        question: "Do you have gluten free bread?",
        conversation_id: "1_1_3",
        user_id: "8",
        asked_at: "2027-01-11T08:00:00Z",
      },
    ],
    nearest: [],
  };
  beforeEach(() => {
    answers["GET /knowledge/unanswered"] = { groups: [group] };
  });

  it("are groups with how often, and examples that lead to their conversations", async () => {
    opened("unanswered");
    const found = await screen.findByTestId("unanswered-group");
    expect(found.textContent).toContain("asked 4 times");
    expect(found.textContent).toContain("English");
    expect(screen.getAllByTestId("unanswered-example").map((link) => link.getAttribute("href"))).toEqual([
      "/conversations/7/1_1_2",
      "/conversations/8/1_1_3",
    ]);
  });

  it("are answered by a new entry that settles them, with the ways in which they were asked", async () => {
    answers["POST /knowledge/entries"] = { entry: entry() };
    opened("unanswered");
    await screen.findByTestId("unanswered-group");
    press("unanswered-answer");
    write("entry-answers-text", "On Fridays.");
    answers["GET /knowledge/unanswered"] = { groups: [] };
    press("entry-save");
    expect(await screen.findByText("Every question had an answer")).toBeDefined();
    expect(sentTo("POST /knowledge/entries")).toEqual([
      {
        question: "Do you have gluten free bread?",
        phrasings: ["gluten free?"],
        answers: { en: "On Fridays." },
        topic: null,
        answers_group: "70",
      },
    ]);
  });

  it("are dismissed; somebody else may have been faster", async () => {
    answers["POST /knowledge/unanswered/70/dismiss"] = refusal(409, "group_settled", "Settled already.");
    opened("unanswered");
    await screen.findByTestId("unanswered-group");
    press("unanswered-dismiss");
    expect((await screen.findByRole("alert")).textContent).toBe("Settled already.");
    answers["POST /knowledge/unanswered/70/dismiss"] = { group_id: "70" };
    answers["GET /knowledge/unanswered"] = { groups: [] };
    press("unanswered-dismiss");
    expect(await screen.findByText("Every question had an answer")).toBeDefined();
  });
});

it("the arrow keys walk along the sections, the other way round in Arabic", async () => {
  opened();
  const tab = (name: string) => screen.getByTestId(`section-${name}`);
  fireEvent.keyDown(tab("entries"), { key: "ArrowRight" });
  expect(window.location.pathname).toBe("/knowledge/documents");
  expect(document.activeElement).toBe(tab("documents"));
  fireEvent.keyDown(tab("documents"), { key: "End" });
  expect(window.location.pathname).toBe("/knowledge/try");
  chooseLanguage("ar");
  document.documentElement.dir = "rtl";
  fireEvent.keyDown(tab("try"), { key: "ArrowRight" });
  expect(window.location.pathname).toBe("/knowledge/unanswered");
});

it("the page turns to its sections by the address, also in Arabic", async () => {
  chooseLanguage("ar");
  opened();
  expect(await screen.findByRole("tab", { name: "أسئلة وإجابات", selected: true })).toBeDefined();
  press("section-try");
  expect(window.location.pathname).toBe("/knowledge/try");
  expect(screen.getByRole("tab", { selected: true }).textContent).toBe("تجربة");
});
