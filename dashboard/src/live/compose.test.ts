import { describe, expect, it } from "vitest";
import { RANA, SARA } from "../house/cast.ts";
import {
  accepts,
  answer,
  attach,
  only,
  pending,
  photo,
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
import { sendContacts, sendDraft, sendInteractive, sendLocation, sendTemplate, sendVoice } from "./compose.ts";
import { changeDraft, draftOf } from "./drafts.ts";
import { sendAnyway, sendWaiting, startOutbox, stopOutbox, takeBack, withdraw } from "./outbox.ts";
import { bubbleOf } from "./pending.ts";
import { useScreen } from "./store.ts";
import { attachFile, closeUploads, itemOf, openUploads, useUploads } from "./uploads.ts";

stage();

describe("a draft with files", () => {
  it("goes when they are there, the caption and the quote with the first", async () => {
    attach("image", "a.jpg");
    attach("image", "b.jpg");
    changeDraft(RANA, {
      text: "fresh today",
      reply: { message_id: "wamid.10", role: "user", type: "text", content: "?" },
    });
    sendDraft(SELECTED);
    await settle();
    expect(sent()).toEqual([]);
    expect(pending().map(({ state, message_type }) => [state, message_type])).toEqual([
      ["uploading", "image"],
      ["uploading", "image"],
    ]);
    // The second arrives first, and still waits for its turn.
    transfers[1]?.answer(200, { upload: uploaded("up_b") });
    await settle();
    expect(sent()).toEqual([]);
    transfers[0]?.answer(200, { upload: uploaded("up_a") });
    await settle();
    expect(sent()).toMatchObject([
      { message_type: "image", upload_id: "up_a", message: "fresh today", reply_to: "wamid.10", seen_sequence: 10 },
      { message_type: "image", upload_id: "up_b", message: "", reply_to: null },
    ]);
    expect(pending()).toEqual([]);
    expect(useUploads.getState().items).toEqual([]);
  });

  it("keeps what is written after it behind it", async () => {
    attach();
    sendDraft(SELECTED);
    changeDraft(RANA, { text: "and this" });
    sendDraft(SELECTED);
    await settle();
    expect(sent()).toEqual([]);
    transfers[0]?.answer(200, { upload: uploaded("up_a") });
    await settle();
    expect(sent().map(({ message_type }) => message_type)).toEqual(["image", "text"]);
  });

  it("says first what can stand under no file: a sound, or more than a caption holds", async () => {
    attach("audio", "song.ogg");
    changeDraft(RANA, { text: "listen" });
    sendDraft(SELECTED);
    expect(pending().map(({ message_type, content }) => [message_type, content])).toEqual([
      ["text", "listen"],
      ["audio", ""],
    ]);
    for (const entry of pending()) withdraw(entry);
    attach();
    changeDraft(RANA, { text: "x".repeat(1025) });
    sendDraft(SELECTED);
    expect(pending().map(({ message_type }) => message_type)).toEqual(["text", "image"]);
  });

  it("is sent as what the server found the file to be", async () => {
    attach();
    sendDraft(SELECTED);
    transfers[0]?.answer(200, { upload: uploaded("up_a", { kind: "document", name: "bread.heic" }) });
    await settle();
    expect(sent()).toMatchObject([{ message_type: "document", upload_id: "up_a" }]);
  });

  it("leaves in the tray what was refused", async () => {
    attach("image", "a.jpg");
    transfers[0]?.answer(415, { code: "file_refused", error: "no" });
    await settle();
    attach("image", "b.jpg");
    sendDraft(SELECTED);
    expect(pending()).toHaveLength(1);
    expect(useUploads.getState().items).toMatchObject([
      { name: "a.jpg", place: "tray", state: "failed" },
      { name: "b.jpg", place: "message" },
    ]);
  });

  it("can be cancelled while its file is on the way, and goes back to the tray when taken back", async () => {
    const id = attach();
    changeDraft(RANA, { text: "caption" });
    sendDraft(SELECTED);
    takeBack(only());
    expect(itemOf(id)).toMatchObject({ place: "tray" });
    expect(draftOf(RANA).text).toBe("caption");
    sendDraft(SELECTED);
    withdraw(only());
    expect(transfers[0]?.isAborted).toBe(true);
    expect(pending()).toEqual([]);
  });

  it("whose file cannot be brought is left to a person, who may try again", async () => {
    attach();
    sendDraft(SELECTED);
    transfers[0]?.answer(413, { code: "too_large", error: "too large" });
    await settle();
    expect(only()).toMatchObject({ state: "refused", error: { message: "too large" } });
    sendAnyway(only(), false);
    expect(only().state).toBe("uploading");
    transfers[1]?.answer(200, { upload: uploaded("up_a") });
    await settle();
    expect(sent()).toHaveLength(1);
  });
});

describe("every kind", () => {
  const ways: [string, () => void, object][] = [
    [
      "a location",
      () => sendLocation(SELECTED, { latitude: 33.9, longitude: 35.5, name: "Shop" }),
      { location: { name: "Shop" } },
    ],
    [
      "a contact",
      () => sendContacts(SELECTED, [{ name: { formatted_name: "Rami" }, phones: [{ phone: "+961" }] }]),
      { contacts: [{ name: { formatted_name: "Rami" } }] },
    ],
    [
      "buttons",
      () => sendInteractive(SELECTED, { kind: "button", body: "When?", buttons: [{ id: "b1", title: "Now" }] }),
      { interactive: { kind: "button", body: "When?" } },
    ],
    [
      "a template",
      () => sendTemplate(SELECTED, template, { ...blankTemplate(template), body: { first_name: "Rana" } }, null),
      { template: { name: "new_arrivals", body: { first_name: "Rana" } } },
    ],
  ];
  it.each(ways)("is sent once, though the answer is lost: %s", async (_name, send, expected) => {
    server.mockRejectedValueOnce(new TypeError("cut"));
    send();
    await settle();
    sendWaiting();
    await settle();
    expect(sent()).toHaveLength(2);
    expect(sent()[1]).toEqual(sent()[0]);
    expect(sent()[0]).toMatchObject({ ...expected, message: "", seen_sequence: 10 });
    expect(pending()).toEqual([]);
  });

  it("keeps its id and its file over a lost answer and a reload", async () => {
    attach();
    sendDraft(SELECTED);
    server.mockRejectedValue(new TypeError("cut"));
    transfers[0]?.answer(200, { upload: uploaded("up_a") });
    await settle();
    const [first] = sent();
    stopOutbox(false);
    closeUploads(false);
    useScreen.setState({ pending: [] });
    server.mockImplementation(accepts);
    openUploads("1:1");
    startOutbox("1:1", () => {});
    await settle();
    expect(sent().at(-1)).toEqual(first);
    expect(sent().at(-1)).toMatchObject({ upload_id: "up_a", message_type: "image" });
  });

  it("looks in its bubble as it will when the server has it", () => {
    for (const [, send] of ways) send();
    const shown = pending().map((entry) => bubbleOf(entry, SARA));
    expect(shown.map(({ type }) => type)).toEqual(["location", "contacts", "interactive", "template"]);
    expect(shown[0]).toMatchObject({ content: "Shop", metadata: { location: { latitude: 33.9 } } });
    expect(shown[1]).toMatchObject({ content: "Rami: +961" });
    expect(shown[2]?.metadata).toMatchObject({
      interactive: {
        type: "button",
        body: { text: "When?" },
        action: { buttons: [{ type: "reply", reply: { id: "b1" } }] },
      },
    });
    expect(shown[3]).toMatchObject({
      content: "New for you, Rana: see what came in today.",
      metadata: { template: { preview: { buttons: [{ type: "url", text: "See it" }, { type: "quick_reply" }] } } },
    });
  });

  it("a voice note waits for its recording to arrive", async () => {
    const item = itemOf(attachFile(RANA, photo(), "voice.webm", { place: "message", kind: "voice", told: true }));
    sendVoice(SELECTED, item as NonNullable<typeof item>);
    expect(transfers[0]?.url).toContain("kind=voice");
    transfers[0]?.answer(200, { upload: uploaded("up_v", { kind: "voice", mime_type: "audio/ogg" }) });
    await settle();
    expect(sent()).toMatchObject([{ message_type: "voice", upload_id: "up_v" }]);
  });

  it("asks anew for a file that the server has swept, as long as it is here", async () => {
    attach();
    transfers[0]?.answer(200, { upload: uploaded("up_old") });
    await settle();
    server.mockImplementationOnce(() => answer({ code: "upload_gone", error: "gone" }, 404));
    sendDraft(SELECTED);
    await settle();
    expect(only()).toMatchObject({ state: "refused", error: { code: "upload_gone" } });
    sendAnyway(only(), false);
    transfers[1]?.answer(200, { upload: uploaded("up_new") });
    await settle();
    expect(sent().map(({ upload_id }) => upload_id)).toEqual(["up_old", "up_new"]);
    expect(sent()[1]?.client_message_id).toBe(sent()[0]?.client_message_id);
  });
});
