import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "./id.ts";
import { displayName, initials } from "./names.ts";
import { readPlace, writePlace } from "./place.ts";
import { ago, dayName, listTime, until } from "./time.ts";

const NOW = new Date(2027, 0, 15, 12, 0);
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();
const DAY = 24 * 60;

describe("times", () => {
  it("are told as people tell them", () => {
    expect(dayName("en", minutesAgo(5), NOW)).toBe("today");
    expect(dayName("en", minutesAgo(DAY), NOW)).toBe("yesterday");
    expect(dayName("en", minutesAgo(3 * DAY), NOW)).toBe("Tuesday");
    expect(dayName("en", minutesAgo(30 * DAY), NOW)).toBe("Dec 16, 2026");
    expect(dayName("ar", minutesAgo(DAY), NOW)).toBe("أمس");
  });

  it("are short in the list", () => {
    expect(listTime("en", minutesAgo(60), NOW)).toMatch(/^11:00\sAM$/);
    expect(listTime("en", minutesAgo(30 * DAY), NOW)).toBe("Dec 16");
  });

  it("are counted from a minute up", () => {
    expect(ago("en", minutesAgo(0), NOW)).toBe("1m ago");
    expect(ago("en", minutesAgo(135), NOW)).toBe("2h ago");
    expect(until("en", minutesAgo(-90), NOW)).toBe("in 1h");
    expect(until("en", minutesAgo(1), NOW)).toBeNull();
  });
});

describe("names", () => {
  it("become initials in any script", () => {
    expect(initials("rana el haddad")).toBe("RH");
    expect(initials("ليلى سعد")).toBe("ل\u200cس");
    expect(initials("+961 3 000 001")).toBeNull();
    expect(initials(null)).toBeNull();
  });

  it("fall back to what is known", () => {
    const info = { name: null, phone: null, username: "rana", bsuid: "LB.1", identities: [] };
    expect(displayName({ user_name: null, user_phone: "+9613000001", customer_info: info })).toBe("+9613000001");
    expect(displayName({ user_name: null, user_phone: null, customer_info: info })).toBe("rana");
  });
});

describe("a place", () => {
  it("is written into the address and read back", () => {
    const place = {
      page: null,
      section: "",
      selected: { user_id: "7", conversation_id: "1_100_LB.a/b 1" },
      status: "bot" as const,
      search: "ra na",
      queue: false,
    };
    const [path, query] = writePlace(place).split("?");
    expect(readPlace(path as string, query as string)).toEqual(place);
  });

  it("may be a page that is no conversation, and a section of it", () => {
    const page = { ...readPlace("/", ""), page: "assistant" as const, section: "a/7" };
    expect(writePlace(page)).toBe("/assistant/a%2F7");
    expect(readPlace("/assistant/a%2F7", "")).toEqual(page);
    expect(readPlace("/knowledge", "")).toMatchObject({ page: "knowledge", section: "", selected: null });
    // The list's filters are no matter of such a page.
    expect(writePlace({ ...page, section: "", search: "rana", queue: true })).toBe("/assistant");
  });

  it("survives addresses that nobody made", () => {
    expect(readPlace("/conversations/7", "status=nonsense")).toMatchObject({ selected: null, status: null });
  });
});

describe("ids", () => {
  beforeEach(() => vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) }));
  afterEach(() => vi.unstubAllGlobals());
  it("are UUIDs also where the browser makes none", () => {
    expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(newId()).not.toBe(newId());
  });
});
