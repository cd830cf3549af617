/** Walks through every interleaving, recorded with what an independent screen showed (tests/machines/test_screens.py). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ChatsPage, HistoryPage, LiveEvent } from "../api/types.ts";
import { apply, mergeList, mergeThread } from "./apply.ts";
import { nearest, standing } from "./cursor.ts";
import { emptyState } from "./state.ts";
import { advanceCursor, applyEvent, liveNow, mergeReadAt, replaceLive, resetScreen } from "./store.ts";

const ME = "1";
const RESULTS = { next: "applied", old: "duplicate", gap: "gap", untracked: "passing" };

type Shown = { rows: unknown[][]; messages: Record<string, unknown[][]>; cursor: string | null };
type Step = { weight: number } & Told;
type Told =
  | { do: "event"; event: number; result: string }
  | { do: "advance"; cursor: string }
  | { do: "page"; conversation_id: null; page: ChatsPage }
  | { do: "page"; conversation_id: string; page: HistoryPage }
  | { do: "reload"; list: ChatsPage; histories: Record<string, HistoryPage>; cursor: string }
  | { do: "look"; shown: Shown };

interface Walk {
  seed: number;
  events: LiveEvent[];
  steps: Step[];
}

const FILE = join(import.meta.dirname, "../../../tests/fixtures/screens.json");
const walks: Walk[] = JSON.parse(readFileSync(FILE, "utf8"));

it.each(walks.map((walk) => [walk.seed, walk] as const))("the screen of walk %i", (_seed, walk) => {
  resetScreen(ME);
  for (const [place, step] of walk.steps.entries()) {
    if (step.do === "event") hear(walk.events[step.event] as LiveEvent, step.result);
    else if (step.do === "advance") advanceCursor(step.cursor);
    else if (step.do === "page") receive(step);
    else if (step.do === "reload") loadAnew(step);
    else expect(shown(), `step ${place}`).toEqual(step.shown);
    if (step.do !== "look") expect(weight(), `step ${place}: ${step.do}`).toBe(step.weight);
  }
});

/** As Intake lets events in. */
function hear(event: LiveEvent, result: string): void {
  const before = liveNow();
  const stand = standing(before.cursor, event.data);
  expect(RESULTS[stand]).toBe(result);
  if (stand === "next") applyEvent(event);
  else expect(apply(before, event)).toBe(before);
}

function receive(step: Step & { do: "page" }): void {
  const merged = mergeReadAt(step.page.as_of, (live) =>
    step.conversation_id === null ? mergeList(live, step.page) : mergeThread(live, step.conversation_id, step.page),
  );
  expect(merged).toBe(true);
}

/** As reloadScreen puts together what it has read. */
function loadAnew(step: Step & { do: "reload" }): void {
  let live = mergeList(emptyState(ME), step.list);
  let cursor: string | null = step.list.as_of;
  for (const [conversation_id, page] of Object.entries(step.histories)) {
    live = mergeThread(live, conversation_id, page);
    cursor = nearest(cursor, page.as_of);
  }
  expect(cursor).toBe(step.cursor);
  replaceLive({ ...live, cursor }, {});
}

/** All that is shown, and in which order, as one number: as tests/machines/tabs.py makes it. */
function weight(): number {
  const { conversations, order, threads } = liveNow();
  let total = 0;
  for (const [row, id] of order.entries()) {
    total += (row + 1) * ((conversations[id]?.version ?? 0) * 100 + (conversations[id]?.unread_count ?? -1));
    for (const [line, held] of (threads[id]?.messages ?? []).entries()) total += (row + 1) * (line + 1) * held.version;
  }
  return total;
}

function shown(): Shown {
  const { conversations, order, threads, cursor } = liveNow();
  const rows = order.map((id) => {
    const row = conversations[id];
    return [row?.conversation_id, row?.last_sequence, row?.version, row?.status, row?.unread_count];
  });
  const loaded = order.flatMap((id) => {
    const messages = threads[id]?.messages.map((held) => [held.message_id, held.version, held.status, held.content]);
    return messages ? [[id, messages] as const] : [];
  });
  return { rows, messages: Object.fromEntries(loaded), cursor };
}
