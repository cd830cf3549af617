import { describe, expect, it } from "vitest";
import { KARIM, listed, RANA, SARA } from "../house/cast.ts";
import { fromSnapshot } from "./state.ts";
import { extendView, idsOfView, newView } from "./views.ts";

const row = (id: string, last: number, change = {}) => listed(last, 0, { conversation_id: id, ...change });
const state = (...conversations: ReturnType<typeof row>[]) =>
  fromSnapshot({ conversations, messages: {}, cursor: "99-0" }, SARA.operator_id);
const page = (chats: ReturnType<typeof row>[], has_more: boolean) => ({
  chats,
  has_more,
  next_cursor: has_more ? "next" : null,
  total: 9,
  as_of: "99-0",
});

describe("views", () => {
  it("show nothing below the last loaded page: there may be holes", () => {
    const rows = [row(RANA, 50), row(KARIM, 40), row("deep", 3)];
    const view = extendView(newView(null, ""), page(rows.slice(0, 2), true), true);
    expect(idsOfView(state(...rows), view)).toEqual([RANA, KARIM]);
    expect(idsOfView(state(...rows), extendView(view, page([rows[2] as never], false), false))).toHaveLength(3);
  });

  it("follow a conversation into and out of a status by its events alone", () => {
    const view = extendView(newView("bot", ""), page([row(RANA, 50, { status: "bot" })], false), true);
    const later = state(row(RANA, 50, { status: "human" }), row(KARIM, 60, { status: "bot" }));
    expect(idsOfView(later, view)).toEqual([KARIM]);
  });

  it("keep the order of a search", () => {
    const view = extendView(newView(null, "ka"), page([row(KARIM, 1), row(RANA, 50)], false), true);
    expect(idsOfView(state(row(RANA, 50), row(KARIM, 1)), view)).toEqual([KARIM, RANA]);
  });

  it("queue by urgency, then by the longest wait", () => {
    const waits = (id: string, minute: string, priority = 0) =>
      row(id, 9, { status: "waiting_human", waiting_since: `2027-01-15T08:${minute}:00Z`, priority });
    const held = state(
      waits("late", "30"),
      waits("early", "10"),
      waits("vip", "40", 5),
      row(RANA, 50, { status: "bot" }),
    );
    expect(idsOfView(held, extendView(newView("queue", ""), page([], false), true))).toEqual(["vip", "early", "late"]);
  });
});
