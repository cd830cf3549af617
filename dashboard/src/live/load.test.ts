import { beforeEach, expect, it, vi } from "vitest";
import { chatsPage, historyPage } from "../api/pages.ts";
import type { HistoryPage } from "../api/types.ts";
import { listed, message, RANA, SARA } from "../house/cast.ts";
import { askForUnknownCounts, openThread } from "./load.ts";
import { emptyState } from "./state.ts";
import { liveNow, replaceLive, resetScreen } from "./store.ts";

vi.mock("../api/pages.ts");

const selection = { user_id: "1", conversation_id: RANA };
const history = (as_of: string, sequences: number[]): HistoryPage => ({
  messages: sequences.map((sequence) => message(sequence)),
  has_more: false,
  next_before: null,
  total_messages: sequences.length,
  as_of,
  conversation: null,
});
const at = (cursor: string) => ({ ...emptyState(SARA.operator_id), cursor });

beforeEach(() => {
  resetScreen(SARA.operator_id);
  replaceLive(at("8-00000008"), {});
});

it("a page that was under way while the screen was loaded anew is asked for again: it would leave a hole", async () => {
  const answers = [history("8-00000008", [8]), history("10-0000000a", [8, 9])];
  vi.mocked(historyPage).mockImplementation(() => Promise.resolve(answers.shift() as HistoryPage));
  const opened = openThread(selection);
  replaceLive(at("10-0000000a"), {});
  await opened;
  expect(liveNow().threads[RANA]?.messages.map((held) => held.sequence)).toEqual([8, 9]);
});

it("a page of a history that no longer exists is not shown", async () => {
  const answers = [history("30-0000001e", [8, 30]), history("10-0000001e", [8, 10])];
  vi.mocked(historyPage).mockImplementation(() => Promise.resolve(answers.shift() as HistoryPage));
  const opened = openThread(selection);
  replaceLive(at("9-00000063"), {});
  await opened;
  expect(liveNow().threads[RANA]?.messages.map((held) => held.sequence)).toEqual([8, 10]);
});

it("counts that were asked for before the screen was loaded anew are of another screen", async () => {
  vi.useFakeTimers();
  vi.mocked(chatsPage).mockImplementation(async () => {
    replaceLive(at("9-00000063"), {});
    return { chats: [listed(30, 2)], as_of: "30-0000001e", next_cursor: null, has_more: false, total: 1 };
  });
  askForUnknownCounts();
  await vi.runAllTimersAsync();
  vi.useRealTimers();
  expect(liveNow().conversations).toEqual({});
});
