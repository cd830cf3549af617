import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KARIM, RANA } from "../house/cast.ts";
import { Looking, typingOn, typingOver } from "./telling.ts";

const server = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const said = () => server.mock.calls.map(([, init]) => JSON.parse(String(init.body)));
const show = (state: "visible" | "hidden") => vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);

beforeEach(() => {
  vi.useFakeTimers();
  server.mockReset().mockImplementation(async () => new Response('{"success": true}'));
  vi.stubGlobal("fetch", server);
  show("visible");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("typing", () => {
  const rana = { conversation_id: RANA, user_id: "7" };
  const karim = { conversation_id: KARIM, user_id: "8" };

  it("is told for each conversation by itself", () => {
    typingOn(rana);
    typingOn(karim);
    typingOver(RANA);
    typingOver(KARIM);
    expect(said()).toEqual([
      { ...rana, typing: true },
      { ...karim, typing: true },
      { ...karim, typing: false },
    ]);
  });

  it("does not mind a server that does not answer", async () => {
    server.mockRejectedValueOnce(new TypeError("no network"));
    typingOn(rana);
    await vi.advanceTimersByTimeAsync(10);
    typingOver(RANA);
    expect(said()).toHaveLength(2);
  });
});

describe("looking", () => {
  let selected: string | null = null;
  const claim = vi.fn();
  const looking = () => new Looking(() => selected, claim);
  const places = () => said().map(({ conversation_id }) => conversation_id);
  const wait = () => vi.advanceTimersByTime(1000);

  beforeEach(() => {
    selected = RANA;
    claim.mockReset();
  });

  it("is told where it comes to rest, once", () => {
    const tab = looking();
    for (const place of [KARIM, "between", RANA]) {
      selected = place;
      tab.changed();
    }
    wait();
    tab.changed();
    wait();
    expect(places()).toEqual([RANA]);
    expect(claim).toHaveBeenCalledTimes(1);
  });

  it("ends when the tab is hidden, and at once when the page is left", () => {
    const tab = looking();
    tab.changed();
    wait();
    show("hidden");
    tab.changed();
    wait();
    show("visible");
    tab.changed();
    wait();
    tab.left();
    expect(places()).toEqual([RANA, null, RANA, null]);
    tab.left();
    expect(places()).toHaveLength(4);
  });

  it("is not withdrawn by a tab when another one has spoken", () => {
    const tab = looking();
    tab.changed();
    wait();
    show("hidden");
    tab.changed();
    tab.elsewhere();
    wait();
    tab.left();
    expect(places()).toEqual([RANA]);
  });

  it("is told again when the line is back, also that it is nothing", () => {
    const tab = looking();
    tab.changed();
    wait();
    tab.again();
    wait();
    selected = null;
    tab.again();
    wait();
    expect(places()).toEqual([RANA, RANA, null]);
    show("hidden");
    tab.again();
    wait();
    expect(places()).toHaveLength(3);
  });
});
