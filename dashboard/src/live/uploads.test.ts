import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RANA } from "../house/cast.ts";
import { type FakeTransfer, fakeUploads, uploaded } from "../house/transfers.ts";
import {
  attachFile,
  closeUploads,
  itemOf,
  onFileSettled,
  openUploads,
  removeFile,
  retryFile,
  retryWaiting,
  useUploads,
} from "./uploads.ts";

const photo = new File(["x".repeat(1000)], "bread.jpg", { type: "image/jpeg" });
const attach = (name = "bread.jpg") => attachFile(RANA, photo, name, { place: "tray", kind: "image" });
const states = () => useUploads.getState().items.map(({ state }) => state);
let transfers: FakeTransfer[];
const forgotten = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

beforeEach(() => {
  vi.useFakeTimers();
  transfers = fakeUploads();
  forgotten.mockReset().mockImplementation(() => Promise.resolve(new Response("{}")));
  vi.stubGlobal("fetch", forgotten);
  openUploads("1:1");
});
afterEach(() => {
  closeUploads(true);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
/** As a reload does: the bytes are gone, what the tab keeps is not. */
const forgetPage = () => {
  closeUploads(false);
  openUploads("nobody");
};
const settle = () => vi.advanceTimersByTimeAsync(0);

describe("files on their way", () => {
  it("are brought two at a time, and say how far they are", async () => {
    const [first] = [attach("a.jpg"), attach("b.jpg"), attach("c.jpg")];
    expect(states()).toEqual(["uploading", "uploading", "waiting"]);
    transfers[0]?.progress(250, 1000);
    expect(itemOf(first as string)?.share).toBe(0.25);
    transfers[0]?.answer(200, { upload: uploaded("up_1") });
    await settle();
    expect(states()).toEqual(["ready", "uploading", "uploading"]);
    expect(transfers.map(({ url }) => new URLSearchParams(url.split("?")[1]).get("name"))).toEqual([
      "a.jpg",
      "b.jpg",
      "c.jpg",
    ]);
  });

  it("tell what they became, by the server's word", async () => {
    const heard = vi.fn();
    const unheard = onFileSettled(heard);
    attach();
    transfers[0]?.answer(200, { upload: uploaded("up_1", { kind: "document" }) });
    await settle();
    expect(heard).toHaveBeenCalledWith(expect.objectContaining({ state: "ready", kind: "document" }));
    unheard();
  });

  it("are tried again when the line is cut, at once when it is back, and not for ever", async () => {
    attach();
    transfers[0]?.cut();
    await settle();
    expect(states()).toEqual(["waiting"]);
    retryWaiting();
    expect(states()).toEqual(["uploading"]);
    for (let attempt = 1; attempt < 5; attempt += 1) {
      transfers.at(-1)?.cut();
      await vi.advanceTimersByTimeAsync(20_000);
    }
    expect(states()).toEqual(["failed"]);
    expect(transfers).toHaveLength(5);
    expect(retryFile(useUploads.getState().items[0]?.id as string)).toBe(true);
    expect(states()).toEqual(["uploading"]);
  });

  it("that stand still for long are taken for a cut line", async () => {
    attach();
    transfers[0]?.progress(10, 1000);
    await vi.advanceTimersByTimeAsync(44_000);
    expect(states()).toEqual(["uploading"]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(transfers[0]?.isAborted).toBe(true);
    expect(states()).not.toEqual(["ready"]);
  });

  it("are left to a person when the server refuses them, with its sentence", async () => {
    const id = attach();
    transfers[0]?.answer(415, { success: false, code: "file_refused", error: "Programs are not sent." });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(transfers).toHaveLength(1);
    expect(itemOf(id)).toMatchObject({ state: "failed", error: { message: "Programs are not sent." } });
  });

  it("wait when very many are being brought, and are brought again", async () => {
    const id = attach();
    transfers[0]?.answer(429, { success: false, code: "too_many_uploads", error: "Very many." });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(transfers).toHaveLength(2);
    transfers[1]?.answer(200, { upload: uploaded("up_1") });
    await settle();
    expect(itemOf(id)).toMatchObject({ state: "ready" });
  });

  it("are cancelled at once, and what had arrived is forgotten by the server", async () => {
    const [first, second] = [attach("a.jpg"), attach("b.jpg")];
    removeFile(first as string);
    expect(transfers[0]?.isAborted).toBe(true);
    transfers[1]?.answer(200, { upload: uploaded("up_2") });
    await settle();
    removeFile(second as string);
    expect(forgotten.mock.calls.map(([url, init]) => `${init.method} ${url}`)).toEqual([
      "DELETE /api/live-chat/uploads/up_2",
    ]);
    expect(states()).toEqual([]);
  });

  it("may be sent as something else: they are brought once more", async () => {
    const id = attach();
    transfers[0]?.answer(200, { upload: uploaded("up_1") });
    await settle();
    retryFile(id, "document");
    expect(transfers[1]?.url).toContain("kind=document");
    expect(forgotten.mock.calls[0]?.[0]).toContain("up_1");
  });

  it("that had arrived are in the tray after a reload", async () => {
    attach("a.jpg");
    attach("b.jpg");
    transfers[0]?.answer(200, { upload: uploaded("up_1") });
    await settle();
    forgetPage();
    openUploads("1:1");
    expect(useUploads.getState().items).toMatchObject([{ state: "ready", name: "a.jpg", preview: null }]);
  });

  it("wait for their operator when the session merely ends, and go on with the next one", async () => {
    const [arrived, coming, refused] = [attach("a.jpg"), attach("b.jpg"), attach("c.jpg")];
    transfers[0]?.answer(200, { upload: uploaded("up_1") });
    await settle();
    transfers[2]?.answer(413, { code: "too_large", error: "too large" });
    await settle();
    closeUploads(false);
    expect(transfers[1]?.isAborted).toBe(true);
    attachFile(RANA, photo, "d.webm", { place: "tray", kind: "voice", told: true });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(transfers).toHaveLength(3);
    openUploads("1:1");
    expect(states()).toEqual(["ready", "uploading", "failed", "uploading"]);
    transfers[3]?.answer(200, { upload: uploaded("up_2") });
    await settle();
    expect([arrived, coming, refused].map((id) => itemOf(id as string)?.state)).toEqual(["ready", "ready", "failed"]);
    expect(retryFile(refused as string)).toBe(true);
  });

  it("are nobody else's when the session ends", () => {
    attach();
    closeUploads(false);
    openUploads("1:2");
    expect(states()).toEqual([]);
    openUploads("1:1");
    expect(states()).toEqual([]);
  });

  it("are gone with a log-out, even a recording that ends just then", () => {
    attach();
    closeUploads(true);
    attach("late.webm");
    openUploads("1:1");
    expect(states()).toEqual([]);
  });

  it("that are refused only for want of a session are brought with the next one", async () => {
    attach();
    transfers[0]?.answer(401, { code: "not_signed_in", error: "Sign in." });
    await settle();
    closeUploads(false);
    openUploads("1:1");
    expect(states()).toEqual(["uploading"]);
  });

  it("that are not there yet hold the page back from being closed", () => {
    const leave = () => !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
    expect(leave()).toBe(false);
    const id = attach();
    expect(leave()).toBe(true);
    removeFile(id);
    expect(leave()).toBe(false);
  });
});
