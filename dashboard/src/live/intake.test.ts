import { describe, expect, it, vi } from "vitest";
import type { LiveEvent, PollAnswer } from "../api/types.ts";
import { event } from "../house/cast.ts";
import { cursorOf, furthest, type LogPosition } from "./cursor.ts";
import { Intake, type IntakeHost } from "./intake.ts";

function stage(log: LiveEvent[] = []) {
  const applied: number[] = [];
  let cursor: string | null = "10-0000000a";
  const host = {
    cursor: () => cursor,
    apply: (one: LiveEvent) => {
      applied.push(one.data.sequence as number);
      cursor = cursorOf(one.data as unknown as LogPosition);
    },
    advance: (next: string) => {
      cursor = furthest(cursor, next);
    },
    poll: vi.fn(
      async (after: string): Promise<PollAnswer> => ({
        events: log.filter((one) => (one.data.sequence as number) > Number.parseInt(after, 10)),
        cursor: log.at(-1)?.id ?? after,
        has_more: false,
        resync: null,
      }),
    ),
    reload: vi.fn(async () => {
      cursor = "20-00000014";
    }),
    busy: vi.fn(),
    mayRetry: () => true,
    pause: vi.fn(async () => {}),
  } satisfies IntakeHost;
  return { intake: new Intake(host), host, applied };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

describe("the intake", () => {
  it("lets events in once and in order", () => {
    const { intake, applied } = stage();
    for (const sequence of [11, 12, 12, 11, 13]) intake.take(event("new_message", sequence));
    expect(applied).toEqual([11, 12, 13]);
  });

  it("fills a gap from the log before it goes on", async () => {
    const log = [11, 12, 13].map((sequence) => event("new_message", sequence));
    const { intake, applied, host } = stage(log);
    intake.take(event("new_message", 13));
    intake.take(event("new_message", 14));
    await settle();
    expect(applied).toEqual([11, 12, 13, 14]);
    expect(host.poll).toHaveBeenCalledTimes(1);
    expect(host.busy.mock.calls).toEqual([[true], [false]]);
  });

  it("finds by a heartbeat what a tab has missed", async () => {
    const { intake, applied } = stage([event("new_message", 11), event("new_message", 12)]);
    intake.take(event("heartbeat", 12));
    await settle();
    expect(applied).toEqual([11, 12]);
  });

  it("loads anew after resync, and applies what came meanwhile by the rule", async () => {
    const { intake, applied, host } = stage();
    intake.take({ event: "resync", id: null, data: { reason: "trimmed", sequence: 19, tag: "x" } });
    for (const sequence of [19, 20, 21]) intake.take(event("new_message", sequence));
    await settle();
    expect(host.reload).toHaveBeenCalledTimes(1);
    expect(applied).toEqual([21]);
  });

  it("drops what waited before a resync: it may be of a history that is gone", async () => {
    const { intake, applied, host } = stage([event("new_message", 12)]);
    intake.take(event("new_message", 25));
    intake.take({ event: "resync", id: null, data: { reason: "tag" } });
    await settle();
    expect(host.reload).toHaveBeenCalledTimes(1);
    expect(applied).not.toContain(25);
  });

  it("loads anew when the log cannot close the gap", async () => {
    const { intake, host } = stage([]);
    intake.take(event("new_message", 14));
    await settle();
    expect(host.reload).toHaveBeenCalledTimes(1);
  });

  it("loads anew when the poll says so", async () => {
    const { intake, host } = stage();
    host.poll.mockResolvedValueOnce({
      events: [],
      cursor: "1-0",
      has_more: false,
      resync: { reason: "ahead", sequence: 1, tag: "0" },
    });
    await intake.catchUp();
    expect(host.reload).toHaveBeenCalledTimes(1);
  });

  it("tries again while the network is away", async () => {
    const { intake, host, applied } = stage([event("new_message", 11)]);
    host.poll.mockRejectedValueOnce(new Error("away")).mockRejectedValueOnce(new Error("away"));
    await intake.catchUp();
    expect(applied).toEqual([11]);
    expect(host.pause.mock.calls).toEqual([[0], [1]]);
  });

  it("stops for good when it is told to", async () => {
    const { intake, host } = stage([event("new_message", 11)]);
    intake.stop();
    await intake.catchUp();
    expect(host.poll).not.toHaveBeenCalled();
  });

  it("does not wait for ever for what another history had told it", async () => {
    const { intake, host, applied } = stage();
    host.reload.mockImplementationOnce(async () => {
      intake.take(event("new_message", 500));
      throw new Error("the server is being put back to an older copy");
    });
    await intake.reload();
    await settle();
    expect(host.reload).toHaveBeenCalledTimes(2);
    expect(host.poll).not.toHaveBeenCalled();
    intake.take(event("new_message", 21));
    expect(applied).toEqual([21]);
  });
});
