import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Connection, type RawFrame, retryDelay } from "./connection.ts";

class FakeSource {
  static CLOSED = 2;
  static all: FakeSource[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  #listeners = new Map<string, (event: { data: string; lastEventId: string }) => void>();
  constructor(readonly url: string) {
    FakeSource.all.push(this);
  }
  addEventListener(kind: string, listener: (event: { data: string; lastEventId: string }) => void) {
    this.#listeners.set(kind, listener);
  }
  close() {
    this.closed = true;
  }
  say(kind: string, data: object, lastEventId = "") {
    this.#listeners.get(kind)?.({ data: JSON.stringify(data), lastEventId });
  }
  fail(readyState: number) {
    this.readyState = readyState;
    this.onerror?.();
  }
}
const newest = () => FakeSource.all.at(-1) as FakeSource;

function stage() {
  const frames: RawFrame[] = [];
  const links: boolean[] = [];
  const refused = vi.fn();
  const connection = new Connection({
    cursor: () => "10-aa",
    frame: (frame) => frames.push(frame),
    link: (open) => links.push(open),
    refused,
  });
  connection.open();
  return { connection, frames, links, refused };
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSource.all = [];
  vi.stubGlobal("EventSource", FakeSource);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the connection", () => {
  it("opens at its cursor and is open when the server says so", () => {
    const { links, frames } = stage();
    expect(newest().url).toBe("/api/live-chat/events?cursor=10-aa");
    newest().say("connected", { cursor: "10-aa", heartbeat_seconds: 15 });
    newest().say("new_message", { sequence: 11 }, "11-bb");
    expect(links).toEqual([true]);
    expect(frames.at(-1)).toEqual({ event: "new_message", id: "11-bb", data: '{"sequence":11}' });
  });

  it("opens again by itself when the stream was ended, and asks whether the session is over", () => {
    const { refused } = stage();
    newest().fail(FakeSource.CLOSED);
    expect(refused).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1500);
    expect(FakeSource.all).toHaveLength(2);
  });

  it("waits longer each time, at most ten seconds, never less than one", () => {
    expect([0, 1, 2, 3, 9].map((attempt) => Math.round(retryDelay(attempt, 1)))).toEqual([
      1500, 3000, 6000, 10_000, 10_000,
    ]);
    expect([0, 1, 4].map((attempt) => Math.round(retryDelay(attempt, 0)))).toEqual([1000, 2000, 6667]);
  });

  it("leaves the return after a good-bye to the browser, which knows how long to wait", () => {
    stage();
    newest().say("connected", { heartbeat_seconds: 15 });
    newest().say("bye", {});
    newest().fail(0);
    vi.advanceTimersByTime(5000);
    expect(FakeSource.all).toHaveLength(1);
    newest().fail(0);
    vi.advanceTimersByTime(1500);
    expect(FakeSource.all).toHaveLength(2);
  });

  it("takes a stream that is silent for two and a half heartbeats for dead", () => {
    const { links } = stage();
    newest().say("connected", { heartbeat_seconds: 4 });
    vi.advanceTimersByTime(9_000);
    newest().say("heartbeat", { sequence: 10 });
    vi.advanceTimersByTime(9_999);
    expect(FakeSource.all).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(FakeSource.all).toHaveLength(2);
    expect(FakeSource.all[0]?.closed).toBe(true);
    expect(links).toEqual([true, false]);
  });

  it("knows how long a silence may last before the first heartbeat", () => {
    stage();
    newest().say("connected", { heartbeat_seconds: 4 });
    vi.advanceTimersByTime(10_000);
    expect(FakeSource.all).toHaveLength(2);
  });

  it("does not come back once it is closed", () => {
    const { connection } = stage();
    connection.close();
    vi.advanceTimersByTime(120_000);
    expect(FakeSource.all).toHaveLength(1);
  });
});
