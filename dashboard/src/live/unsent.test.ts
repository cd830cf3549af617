import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KARIM, listed, message, RANA } from "../house/cast.ts";
import {
  accepts,
  answer,
  attach,
  only,
  pending,
  SELECTED,
  sent,
  server,
  settle,
  stage,
  transfers,
} from "../house/compose-stage.ts";
import { template } from "../house/offers.ts";
import { uploaded } from "../house/transfers.ts";
import { blankTemplate } from "../lib/templates.ts";
import { placeRow } from "./apply.ts";
import { sendDraft, sendLocation, sendTemplate } from "./compose.ts";
import { changeDraft, draftOf } from "./drafts.ts";
import { carryOn, sendAnyway, startOutbox, stopOutbox, takeAllBack } from "./outbox.ts";
import { type Pending, revive } from "./pending.ts";
import { changeLive, useScreen } from "./store.ts";
import { closeUploads, openUploads, useUploads } from "./uploads.ts";
import { useRefusedWindows } from "./window.ts";

stage();

describe("a session that merely ends", () => {
  const begin = () => {
    openUploads("1:1");
    startOutbox("1:1", () => {});
  };
  const end = () => {
    stopOutbox(false);
    closeUploads(false);
    useScreen.setState({ pending: [] });
  };

  it("keeps a message whose file was on the way, and sends it after the next login", async () => {
    attach();
    changeDraft(RANA, { text: "caption" });
    sendDraft(SELECTED);
    end();
    begin();
    expect(only()).toMatchObject({ state: "uploading", content: "caption" });
    transfers.at(-1)?.answer(200, { upload: uploaded("up_a") });
    await settle();
    expect(sent()).toMatchObject([{ upload_id: "up_a", message: "caption" }]);
  });

  it("leaves to a person what was written too long ago, with its file", async () => {
    attach();
    sendDraft(SELECTED);
    end();
    vi.setSystemTime(Date.now() + 3_600_000);
    begin();
    expect(only()).toMatchObject({ state: "refused", error: { code: "not_sent_in_time" } });
    sendAnyway(only(), false);
    transfers.at(-1)?.answer(200, { upload: uploaded("up_a") });
    await settle();
    expect(sent()).toMatchObject([{ upload_id: "up_a" }]);
  });
});

describe("a reload", () => {
  it("says the same of one whose file was being brought a second time", async () => {
    attach();
    transfers[0]?.answer(200, { upload: uploaded("up_old") });
    await settle();
    server.mockImplementationOnce(() => answer({ code: "upload_gone", error: "gone" }, 404));
    sendDraft(SELECTED);
    await settle();
    sendAnyway(only(), false);
    expect(only()).toMatchObject({ state: "uploading", file: { upload: null } });
    const stale = { ...only(), file: { ...only().file, upload: uploaded("up_old") } } as Pending;
    for (const kept of [only(), stale])
      expect(revive([kept], new Date())).toMatchObject([{ state: "refused", error: { code: "file_lost" } }]);
  });

  it("says of a message whose file was still on the way that the file is lost", () => {
    attach();
    changeDraft(RANA, { text: "caption" });
    sendDraft(SELECTED);
    const [entry] = revive(JSON.parse(JSON.stringify(pending())), new Date());
    expect(entry).toMatchObject({ state: "refused", content: "caption", error: { code: "file_lost" } });
  });

  it("understands what an earlier version had kept", () => {
    const { message_type, parts, metadata, file, ...old } = { ...only0() };
    expect([message_type, parts, metadata, file]).toBeDefined();
    expect(revive([old as Pending], new Date())).toMatchObject([{ message_type: "text", parts: {}, file: null }]);
  });
  function only0(): Pending {
    server.mockReturnValue(new Promise(() => {}));
    changeDraft(RANA, { text: "hello" });
    sendDraft(SELECTED);
    return only();
  }
});

describe("a closed window", () => {
  const closed = () =>
    answer({ code: "window_closed", error: "over", details: { window_expires_at: "2027-01-15T08:00:00Z" } }, 409);

  it("gives everything that was written back, in its order, and knows that it is closed", async () => {
    server.mockReturnValueOnce(new Promise((resolve) => setTimeout(() => resolve(closed()), 100)) as never);
    for (const text of ["one", "two"]) {
      changeDraft(RANA, { text });
      sendDraft(SELECTED);
    }
    attach();
    changeDraft(RANA, { text: "three" });
    sendDraft(SELECTED);
    changeDraft(RANA, { text: "four" });
    await vi.advanceTimersByTimeAsync(150);
    expect(pending()).toEqual([]);
    expect(draftOf(RANA).text).toBe("one\ntwo\nthree\nfour");
    expect(useUploads.getState().items).toMatchObject([{ place: "tray" }]);
    expect(useRefusedWindows.getState()).toHaveProperty([RANA]);
  });

  it("keeps what a form made in its bubble", async () => {
    server.mockImplementation(closed);
    sendLocation(SELECTED, { latitude: 1, longitude: 2 });
    await settle();
    expect(pending()).toMatchObject([{ state: "refused", error: { code: "window_closed" } }]);
  });

  it("lets a template wait that was written behind it", async () => {
    server.mockImplementationOnce(closed);
    changeDraft(RANA, { text: "hello" });
    sendDraft(SELECTED);
    sendTemplate(SELECTED, template, blankTemplate(template), null);
    await settle();
    expect(sent().map(({ message_type }) => message_type)).toEqual(["text", "template"]);
    expect(draftOf(RANA).text).toBe("hello");
    expect(pending()).toEqual([]);
  });
});

describe("a draft of which the first part is held back", () => {
  const guard = (url: string, init: RequestInit) => {
    const { seen_sequence, force } = JSON.parse(String(init.body ?? "{}"));
    if (!url.endsWith("/send-message") || force || seen_sequence >= 12) return accepts(url, init);
    return answer({ code: "newer_message", error: "newer", newer: [message(12)] }, 409);
  };
  beforeEach(async () => {
    server.mockImplementation(guard);
    for (const name of ["a.jpg", "b.jpg"]) attach("image", name);
    changeDraft(RANA, { text: "fresh" });
    sendDraft(SELECTED);
    for (const [place, id] of ["up_a", "up_b"].entries()) transfers[place]?.answer(200, { upload: uploaded(id) });
    await settle();
    expect(pending().map(({ state }) => state)).toEqual(["guarded", "queued"]);
  });

  it("asks once: the answer holds for all that was written before it", async () => {
    sendAnyway(only(), true);
    await settle();
    expect(pending()).toEqual([]);
    expect(sent().map(({ upload_id, force }) => [upload_id, force])).toEqual([
      ["up_a", false],
      ["up_a", true],
      ["up_b", false],
    ]);
  });

  it("asks again for what the customer wrote after the answer", async () => {
    attach("image", "c.jpg");
    sendDraft(SELECTED);
    sendAnyway(only(), true);
    await settle();
    server.mockImplementation(() => answer({ code: "newer_message", error: "newer", newer: [message(20)] }, 409));
    transfers[2]?.answer(200, { upload: uploaded("up_c") });
    await settle();
    expect(pending()).toMatchObject([{ state: "guarded", newer: [{ sequence: 20 }] }]);
  });

  it("goes back as it was, with every file in its place", () => {
    takeAllBack(RANA);
    expect(pending()).toEqual([]);
    expect(draftOf(RANA).text).toBe("fresh");
    expect(useUploads.getState().items.map(({ name, place }) => `${place} ${name}`)).toEqual([
      "tray a.jpg",
      "tray b.jpg",
    ]);
  });

  it("lets alone what a form made behind it", () => {
    sendLocation(SELECTED, { latitude: 1, longitude: 2 });
    takeAllBack(RANA);
    expect(pending()).toMatchObject([{ message_type: "location" }]);
  });
});

describe("a conversation that goes on in another", () => {
  const over = listed(11, 0, { continued_in: KARIM, user_id: "8", version: 11 });
  const refuses = (url: string, init: RequestInit) => {
    if (!url.endsWith("/send-message") || JSON.parse(String(init.body)).conversation_id !== RANA)
      return accepts(url, init);
    return answer({ code: "conversation_continued", error: "Write there." }, 409);
  };
  const ends = () => changeLive((live) => placeRow(live, over));
  beforeEach(() => {
    server.mockImplementation(refuses);
  });
  afterEach(() => {
    changeDraft(KARIM, { text: "" });
    useScreen.setState({ selected: null });
  });

  it("is followed by the draft, the tray, and what was refused", async () => {
    changeDraft(RANA, { text: "one" });
    sendDraft(SELECTED);
    await settle();
    const location = { latitude: 1, longitude: 2 };
    sendLocation(SELECTED, location);
    await settle();
    ends();
    attach();
    changeDraft(RANA, { text: "two", reply: { message_id: "wamid.10", role: "user", type: "text", content: "?" } });
    changeDraft(KARIM, { text: "three" });
    carryOn(over);
    expect(draftOf(RANA)).toEqual({ text: "", reply: null });
    expect(draftOf(KARIM)).toEqual({ text: "one\ntwo\nthree", reply: null });
    expect(useUploads.getState().items).toMatchObject([{ conversation_id: KARIM, place: "tray" }]);
    expect(pending()).toMatchObject([{ conversation_id: KARIM, user_id: "8", state: "refused", error: null }]);
    sendAnyway(only(), false);
    await settle();
    expect(sent().at(-1)).toMatchObject({ conversation_id: KARIM, location });
    expect(pending()).toEqual([]);
  });

  it("is followed by what was still being sent when its author had gone there", async () => {
    changeDraft(RANA, { text: "one" });
    sendDraft(SELECTED);
    ends();
    carryOn(over);
    expect(pending()).toMatchObject([{ conversation_id: RANA, state: "sending" }]);
    useScreen.setState({ selected: { conversation_id: KARIM, user_id: "8" } });
    await settle();
    expect(pending()).toEqual([]);
    expect(draftOf(KARIM).text).toBe("one");
  });
});
