import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Tabs } from "./tabs.ts";

/** Locks as one browser gives them to its tabs: one holder, the others wait in line. */
class FakeLocks {
  #line: Promise<unknown> = Promise.resolve();
  request(_name: string, { signal }: { signal: AbortSignal }, work: () => Promise<void>): Promise<void> {
    const turn = this.#line.then(() => (signal.aborted ? undefined : work()));
    this.#line = turn;
    return turn as Promise<void>;
  }
}

class FakeChannel {
  static all = new Set<FakeChannel>();
  onmessage: ((event: { data: unknown }) => void) | null = null;
  constructor() {
    FakeChannel.all.add(this);
  }
  postMessage(data: unknown) {
    for (const other of FakeChannel.all) if (other !== this) other.onmessage?.({ data });
  }
  close() {
    FakeChannel.all.delete(this);
  }
}

function tab() {
  const events = {
    lead: vi.fn(),
    frame: vi.fn(),
    link: vi.fn(),
    asked: vi.fn(),
    elsewhere: vi.fn(),
    signedOut: vi.fn(),
  };
  const tabs = new Tabs("wasl-live-1:1", events);
  tabs.join();
  return { tabs, ...events };
}
const settle = () => new Promise((resolve) => setTimeout(resolve));
const frame = { event: "new_message", id: "11-aa", data: "{}" };

beforeEach(() => {
  FakeChannel.all.clear();
  vi.stubGlobal("BroadcastChannel", FakeChannel);
  vi.stubGlobal("navigator", { locks: new FakeLocks() });
});
afterEach(() => vi.unstubAllGlobals());

describe("tabs", () => {
  it("have exactly one leader, whose frames reach the others unchanged", async () => {
    const first = tab();
    await settle();
    const second = tab();
    await settle();
    expect(first.lead).toHaveBeenCalledTimes(1);
    expect(second.lead).not.toHaveBeenCalled();
    expect(first.asked).toHaveBeenCalledTimes(1);
    first.tabs.pass(frame);
    first.tabs.tellLink(true);
    expect(second.frame).toHaveBeenCalledWith(frame);
    expect(second.link).toHaveBeenCalledWith(true);
  });

  it("hand the lead on when the leader goes", async () => {
    const first = tab();
    const second = tab();
    await settle();
    first.tabs.leave();
    await settle();
    expect(second.lead).toHaveBeenCalledTimes(1);
    second.tabs.pass(frame);
    expect(first.frame).not.toHaveBeenCalled();
  });

  it("all learn of a log-out", async () => {
    const first = tab();
    const second = tab();
    await settle();
    second.tabs.tellSignedOut();
    expect(first.signedOut).toHaveBeenCalledTimes(1);
  });

  it("let each other know which of them is looked at", async () => {
    const first = tab();
    const second = tab();
    await settle();
    second.tabs.tellLooking();
    first.tabs.tellLooking();
    expect(first.elsewhere).toHaveBeenCalledTimes(1);
    expect(second.elsewhere).toHaveBeenCalledTimes(1);
  });

  it("each lead when the browser cannot share", () => {
    vi.stubGlobal("navigator", {});
    const one = tab();
    const other = tab();
    expect(one.lead).toHaveBeenCalledTimes(1);
    expect(other.lead).toHaveBeenCalledTimes(1);
  });
});
