import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answers, refusal, scope, sentTo, settings, show, stage } from "../house/office-stage.tsx";
import { chooseLanguage } from "../i18n/index.ts";
import AssistantPage from "./assistant-page.tsx";

stage();

const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const write = (id: string, value: string) => fireEvent.change(field(id), { target: { value } });
const save = () => fireEvent.click(screen.getByTestId("settings-save"));
const saved = () => sentTo("PUT /assistant/settings");
const canSave = () => !screen.getByTestId<HTMLButtonElement>("settings-save").disabled;
const standing = () => screen.getByTestId("settings-standing").textContent;

async function opened(section = "", canChange = true) {
  window.history.replaceState(null, "", section ? `/assistant/${section}` : "/assistant");
  const found = show(<AssistantPage canChange={canChange} />);
  await screen.findByTestId(section === "report" ? "report" : "settings-form");
  return found;
}

beforeEach(() => {
  answers["GET /assistant/settings"] = settings();
  answers["PUT /assistant/settings"] = scope();
});
afterEach(() => {
  cleanup();
  chooseLanguage("en");
  window.history.replaceState(null, "", "/");
});

describe("the account's settings", () => {
  it("are sent as what differs from what is usual, with the version that was seen", async () => {
    await opened();
    expect(field("mode-auto").checked).toBe(true);
    expect(canSave()).toBe(false);
    write("setting-persona", "You are the bakery's assistant.");
    fireEvent.click(field("mode-shadow"));
    expect(standing()).toBe("Not saved yet");
    save();
    await waitFor(() => expect(saved()).toHaveLength(1));
    expect(saved()).toEqual([
      { channel_id: null, settings: { mode: "shadow", persona: "You are the bakery's assistant." }, version: 4 },
    ]);
    await waitFor(() => expect(standing()).toBe("Saved"));
  });

  it("that are set back to what is usual are not kept", async () => {
    await opened();
    fireEvent.click(field("mode-off"));
    save();
    await waitFor(() => expect(saved()).toEqual([{ channel_id: null, settings: {}, version: 4 }]));
  });

  it("refuse a number that is none, and lead there instead of saving the others without a word", async () => {
    await opened();
    write("setting-persona", "Be kind.");
    write("setting-confident_from", "170");
    fireEvent.blur(field("setting-confident_from"));
    expect(field("setting-confident_from").value).toBe("170");
    expect(screen.getByText("A number from 0 to 100.")).toBeDefined();
    save();
    expect(document.activeElement).toBe(field("setting-confident_from"));
    expect(saved()).toEqual([]);
    write("setting-confident_from", "72.4");
    fireEvent.blur(field("setting-confident_from"));
    expect(field("setting-confident_from").value).toBe("72");
    save();
    await waitFor(() => expect(saved()[0]?.settings).toMatchObject({ confident_from: 72, persona: "Be kind." }));
  });

  it("forget a number that is none when the changes are discarded", async () => {
    await opened();
    write("setting-persona", "Be kind.");
    write("setting-confident_from", "170");
    fireEvent.click(screen.getByTestId("settings-discard"));
    expect(field("setting-confident_from").value).toBe("60");
    expect(field("setting-persona").value).toBe("");
  });

  it("say at the field what cannot be, before anybody is asked", async () => {
    await opened();
    write("setting-burst_seconds", "1");
    write("setting-model.base_url", "models.example");
    for (const id of ["setting-burst_seconds", "setting-model.base_url"])
      expect(field(id).getAttribute("aria-invalid")).toBe("true");
    save();
    expect(saved()).toEqual([]);
  });

  it("say at the field what the server refuses, in the page's language", async () => {
    const fields = [{ field: "settings.rules.keywords.1", problem: "It is too long" }];
    answers["PUT /assistant/settings"] = [422, { success: false, code: "invalid_request", error: "No.", fields }];
    const { unmount } = await opened();
    write("setting-rules.keywords", "refund\nlawyer");
    save();
    expect(await screen.findByText("It is too long")).toBeDefined();
    expect(document.activeElement).toBe(field("setting-rules.keywords"));
    write("setting-rules.keywords", "refund");
    expect(screen.queryByText("It is too long")).toBeNull();
    unmount();
    chooseLanguage("ar");
    await opened();
    save();
    expect(await screen.findByText("هذه القيمة غير مقبولة.")).toBeDefined();
  });

  it("tell money in the currency and keep it in millionths", async () => {
    await opened();
    write("setting-model.micros_per_million_in", "0.15");
    write("setting-limits.micros_per_day", "4.35");
    save();
    await waitFor(() =>
      expect(saved()[0]?.settings).toEqual({
        mode: "auto",
        model: { micros_per_million_in: 150_000 },
        limits: { micros_per_day: 4_350_000 },
      }),
    );
  });

  it("are several words, one per line, and texts by language", async () => {
    await opened();
    write("setting-rules.keywords", "refund\n\n lawyer \n");
    fireEvent.click(within(screen.getByTestId("away_texts")).getByTestId("language-ar"));
    write("away_texts-text", "نعود غدًا.");
    save();
    await waitFor(() =>
      expect(saved()[0]?.settings).toEqual({
        mode: "auto",
        rules: { keywords: ["refund", "lawyer"] },
        away_texts: { ar: "نعود غدًا." },
      }),
    );
  });
});

describe("the settings of one number", () => {
  it("show what the account says, and send only what differs", async () => {
    await opened("1");
    expect(field("mode-auto").checked).toBe(true);
    expect(screen.queryByTestId("differs-mode")).toBeNull();
    fireEvent.click(field("mode-shadow"));
    write("setting-hours.zone", "Asia/Beirut");
    expect(screen.getByTestId("differs-mode")).toBeDefined();
    save();
    await waitFor(() =>
      expect(saved()).toEqual([
        { channel_id: "1", settings: { mode: "shadow", hours: { zone: "Asia/Beirut" } }, version: 0 },
      ]),
    );
  });

  it("go with the account's again when they are let go", async () => {
    const [first, second] = settings().channels;
    const own = { ...first, ...scope({ settings: { mode: "off", confident_from: 80 }, version: 9 }) };
    answers["GET /assistant/settings"] = settings({ channels: [own as never, second as never] });
    await opened("1");
    expect(field("mode-off").checked).toBe(true);
    fireEvent.click(screen.getByTestId("reset-mode"));
    expect(field("mode-auto").checked).toBe(true);
    fireEvent.click(screen.getByTestId("reset-confident_from"));
    expect(field("setting-confident_from").value).toBe("60");
    save();
    await waitFor(() => expect(saved()).toEqual([{ channel_id: "1", settings: {}, version: 9 }]));
  });

  it("that say what the account says differ in nothing", async () => {
    await opened("1");
    fireEvent.click(field("mode-off"));
    fireEvent.click(field("mode-auto"));
    expect(canSave()).toBe(false);
  });
});

describe("hours", () => {
  it("begin as always, and name every day once they are by the week", async () => {
    await opened();
    fireEvent.click(field("hours-weekly"));
    fireEvent.click(field("day-open-fri"));
    save();
    await waitFor(() => expect(saved()).toHaveLength(1));
    const day = [["09:00", "18:00"]];
    expect(saved()[0]?.settings).toEqual({
      mode: "auto",
      hours: { weekly: { mon: day, tue: day, wed: day, thu: day, fri: [], sat: [], sun: [] } },
    });
  });

  it("take a break, and all days like the first", async () => {
    await opened();
    fireEvent.click(field("hours-weekly"));
    fireEvent.click(screen.getByTestId("span-add-mon"));
    fireEvent.change(screen.getAllByLabelText("Monday, until")[0] as HTMLElement, { target: { value: "12:30" } });
    fireEvent.click(screen.getByTestId("hours-copy"));
    save();
    await waitFor(() => expect(saved()).toHaveLength(1));
    const spans = [
      ["09:00", "12:30"],
      ["14:00", "18:00"],
    ];
    expect(saved()[0]?.settings).toMatchObject({ hours: { weekly: { mon: spans, thu: spans, sun: [] } } });
  });

  it("know holidays, once or every year, and only zones that there are", async () => {
    await opened();
    write("holiday-day", "2026-12-24");
    fireEvent.click(screen.getByTestId("holiday-add"));
    write("holiday-day", "2026-12-25");
    fireEvent.click(field("holiday-yearly"));
    fireEvent.click(screen.getByTestId("holiday-add"));
    expect(screen.getAllByTestId("holiday").map(({ textContent }) => textContent)).toEqual([
      "December 25(every year)",
      "Dec 24, 2026",
    ]);
    fireEvent.click(screen.getByTestId("holiday-remove-2026-12-24"));
    write("setting-hours.zone", "Asia/Bayrut");
    expect(screen.getByText("There is no such zone. Choose one from the list.")).toBeDefined();
    write("setting-hours.zone", "Asia/Beirut");
    save();
    await waitFor(() =>
      expect(saved()[0]?.settings).toMatchObject({ hours: { holidays: ["12-25"], zone: "Asia/Beirut" } }),
    );
  });
});

describe("saving", () => {
  it("that fails says so, and keeps what was changed, over a reload too", async () => {
    answers["PUT /assistant/settings"] = refusal(422, "burst_too_short", "It is too short.");
    const { unmount } = await opened();
    write("setting-persona", "Be kind.");
    save();
    await waitFor(() => expect(standing()).toContain("It is too short."));
    unmount();
    await opened();
    expect(field("setting-persona").value).toBe("Be kind.");
    expect(canSave()).toBe(true);
  });

  it("over what somebody else has saved meanwhile is a decision", async () => {
    answers["PUT /assistant/settings"] = ({ body }) =>
      body.version === 5 ? scope({ version: 6 }) : refusal(409, "newer_version");
    await opened();
    write("setting-persona", "Mine.");
    answers["GET /assistant/settings"] = settings({ account: scope({ settings: { persona: "Theirs." }, version: 5 }) });
    save();
    await screen.findByTestId("settings-mine");
    expect(standing()).toContain("Somebody saved these settings meanwhile.");
    expect(field("setting-persona").value).toBe("Mine.");
    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>("settings-mine").disabled).toBe(false));
    fireEvent.click(screen.getByTestId("settings-mine"));
    await waitFor(() => expect(saved()[1]).toMatchObject({ version: 5, settings: { persona: "Mine." } }));
  });

  it("over others lays only what was changed here: nothing else of theirs is lost", async () => {
    answers["PUT /assistant/settings"] = ({ body }) =>
      body.version === 5 ? scope({ version: 6 }) : refusal(409, "newer_version");
    await opened();
    write("setting-persona", "Mine.");
    const theirs = { mode: "shadow", hours: { zone: "Asia/Beirut" } } as const;
    answers["GET /assistant/settings"] = settings({ account: scope({ settings: theirs, version: 5 }) });
    save();
    await screen.findByTestId("settings-mine");
    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>("settings-mine").disabled).toBe(false));
    fireEvent.click(screen.getByTestId("settings-mine"));
    await waitFor(() => expect(saved()[1]).toMatchObject({ version: 5, settings: { ...theirs, persona: "Mine." } }));
  });

  it("can be given up for what the others have saved", async () => {
    answers["PUT /assistant/settings"] = refusal(409, "newer_version");
    await opened();
    write("setting-persona", "Mine.");
    answers["GET /assistant/settings"] = settings({ account: scope({ settings: { persona: "Theirs." }, version: 5 }) });
    save();
    await screen.findByTestId("settings-mine");
    fireEvent.click(screen.getByTestId("settings-discard"));
    await waitFor(() => expect(field("setting-persona").value).toBe("Theirs."));
    expect(canSave()).toBe(false);
  });

  it("is for admins; others read", async () => {
    await opened("", false);
    expect(screen.getByText("Administrators can change this.")).toBeDefined();
    expect(screen.queryByTestId("settings-save")).toBeNull();
    expect(field("setting-persona").disabled).toBe(true);
    expect(field("setting-rules.upset").disabled).toBe(true);
    expect(field("mode-off").closest("fieldset")?.disabled).toBe(true);
  });
});

describe("the report", () => {
  const report = {
    days: 30,
    outcomes: { replied: 30, handed_over: 10 },
    reasons: { unsure: 7, asked: 3 },
    topics: [{ topic: "hours", drafts: 12, compared: 10, agreement: 91, replies: 8, up: 3, down: 1 }],
    spending: [
      { day: "2027-01-15", turns: 2, tokens: 400, cost_micros: 1_500_000 },
      { day: "2027-01-14", turns: 1, tokens: 100, cost_micros: 500_000 },
    ],
    languages: { ar: 20, unknown: 2 },
    sentiments: { negative: 1, neutral: 30, positive: 4 },
  };

  it("shows what came of it, the largest first, each bar as long as its part", async () => {
    answers["GET /assistant/report"] = report;
    await opened("report");
    const outcomes = await screen.findByTestId("report-outcomes");
    expect([...outcomes.querySelectorAll("li")].map(({ textContent }) => textContent)).toEqual([
      "Answers30",
      "Hands over to people10",
    ]);
    const shares = [...outcomes.querySelectorAll("rect.fill-accent")].map((bar) => Number(bar.getAttribute("width")));
    expect(shares[0]).toBe(100);
    expect(shares[1]).toBeCloseTo(100 / 3);
    expect(screen.getByTestId("report-languages").textContent).toContain("Arabic20");
    expect(screen.getByTestId("report-topics").textContent).toContain("hours1291 %831");
  });

  it("tells what was spent, day by day from the first", async () => {
    answers["GET /assistant/report"] = report;
    await opened("report");
    const columns = await screen.findByTestId("report-spending");
    expect(columns.getAttribute("aria-label")).toContain("3 answers, 500 tokens, cost 2");
    expect([...columns.querySelectorAll("title")].map(({ textContent }) => textContent)).toEqual([
      "Jan 14: 1 answers, 100 tokens, cost 0.5",
      "Jan 15: 2 answers, 400 tokens, cost 1.5",
    ]);
  });

  it("is asked for over another time, and says when there is nothing", async () => {
    const nothing = { outcomes: {}, reasons: {}, topics: [], spending: [], languages: {}, sentiments: {} };
    answers["GET /assistant/report"] = ({ query }) => (query.days === "7" ? { days: 7, ...nothing } : report);
    await opened("report");
    await screen.findByTestId("report-outcomes");
    fireEvent.click(field("period-7"));
    expect(await screen.findByText("Nothing has happened yet in this time")).toBeDefined();
  });
});

it("what cannot be read says so, and can be asked for again", async () => {
  answers["GET /assistant/settings"] = refusal(503, "unavailable");
  show(<AssistantPage canChange />);
  await screen.findByTestId("read-failed");
  answers["GET /assistant/settings"] = settings();
  fireEvent.click(screen.getByText("Try again"));
  expect(await screen.findByTestId("settings-form")).toBeDefined();
});
