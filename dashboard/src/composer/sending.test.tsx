import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { RANA, row } from "../house/cast.ts";
import { attach, button, field, items, open, photo, sent, stage, transfers, type } from "../house/composer-stage.tsx";
import { cloud, offer, onlyText } from "../house/offers.ts";
import { uploaded } from "../house/transfers.ts";
import { placeRow } from "../live/apply.ts";
import { changeLive } from "../live/store.ts";
import { useUploads } from "../live/uploads.ts";
import { windowWasRefused } from "../live/window.ts";

stage();

describe("what is offered", () => {
  it("is everything that the channel takes", async () => {
    offer(cloud);
    open();
    fireEvent.click(await screen.findByTestId("add"));
    await screen.findByTestId("add-picture");
    expect(items()).toEqual([
      "add-picture",
      "add-file",
      "add-location",
      "add-contacts",
      "add-interactive",
      "add-template",
    ]);
    expect(screen.getByTestId("record")).toBeDefined();
  });

  it("is only text while nobody has said more, or where only text is taken", () => {
    open();
    expect(screen.queryByTestId("add")).toBeNull();
    expect(button("send").disabled).toBe(true);
    act(() => offer(onlyText));
    expect(screen.queryByTestId("add")).toBeNull();
    expect(screen.queryByTestId("record")).toBeNull();
  });

  it("lacks what the channel cannot, one by one", async () => {
    offer({ ...cloud, kinds: ["text", "document", "interactive", "contacts"], interactive: [] });
    open();
    fireEvent.click(await screen.findByTestId("add"));
    await screen.findByTestId("add-file");
    expect(items()).toEqual(["add-file", "add-contacts"]);
  });

  it("is the microphone only while there is nothing to send", () => {
    offer(cloud);
    open();
    expect(screen.queryByTestId("send")).toBeNull();
    type("hello");
    expect(button("send").disabled).toBe(false);
    expect(screen.queryByTestId("record")).toBeNull();
  });
});

describe("a closed window", () => {
  it("offers templates and lets nothing else out; what was typed stays", async () => {
    offer(cloud);
    open("2020-01-01T00:00:00Z");
    type("hello");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(sent()).toEqual([]);
    expect(field().value).toBe("hello");
    expect(button("choose-template")).toBeDefined();
    fireEvent.click(await screen.findByTestId("add"));
    await screen.findByTestId("add-template");
    expect(items()).toEqual(["add-template"]);
  });

  it("takes no files either", () => {
    offer(cloud);
    open("2020-01-01T00:00:00Z");
    const items = [{ kind: "file", getAsFile: () => photo() }];
    fireEvent.paste(field(), { clipboardData: { types: ["Files"], items } });
    expect(useUploads.getState().items).toEqual([]);
  });

  it("does not exist where the channel has none, and a missing end is no end", () => {
    offer({ ...cloud, window: false });
    open("2020-01-01T00:00:00Z");
    expect(screen.queryByTestId("window-closed")).toBeNull();
    act(() => offer(cloud));
    expect(screen.getByTestId("window-closed")).toBeDefined();
    cleanup();
    open(null);
    expect(screen.queryByTestId("window-closed")).toBeNull();
  });

  it("is known from the server's refusal, until the customer writes again", () => {
    offer(cloud);
    open("2099-01-01T00:00:00Z");
    expect(screen.queryByTestId("window-closed")).toBeNull();
    act(() => windowWasRefused(RANA));
    expect(screen.getByTestId("window-closed")).toBeDefined();
    act(() => changeLive((live) => placeRow(live, row(11, { window_expires_at: "2099-01-02T00:00:00Z" }))));
    expect(screen.queryByTestId("window-closed")).toBeNull();
  });
});

describe("a channel that takes only some kinds of files", () => {
  beforeEach(() => {
    offer({ ...cloud, kinds: ["text", "image", "document"] });
    open();
  });

  it("sends a sound as a document, and says so to the server", async () => {
    await attach(photo("song.mp3", "audio/mpeg"), photo("nameless", ""));
    expect(transfers.map(({ url }) => new URLSearchParams(url.split("?")[1]).get("kind"))).toEqual([
      "document",
      "document",
    ]);
    fireEvent.click(button("send"));
    await act(async () => transfers[0]?.answer(200, { upload: uploaded("up_1", { kind: "document" }) }));
    await waitFor(() => expect(sent()).toMatchObject([{ message_type: "document", upload_id: "up_1" }]));
  });

  it("leaves to the server what a picture is", async () => {
    await attach(photo());
    expect(transfers[0]?.url).not.toContain("kind=");
  });
});

describe("the tray", () => {
  beforeEach(() => {
    offer(cloud);
    open();
  });

  it("shows how far each file is, and sends them with the text", async () => {
    await attach(photo());
    act(() => transfers[0]?.progress(42, 100));
    expect(screen.getByTestId<HTMLProgressElement>("tray-progress").value).toBe(42);
    expect(screen.getByRole("progressbar", { name: "Upload of bread.jpg" })).toBeDefined();
    type("fresh");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(screen.queryByTestId("tray-file")).toBeNull();
    await act(async () => transfers[0]?.answer(200, { upload: uploaded("up_1") }));
    await waitFor(() => expect(sent()).toMatchObject([{ message: "fresh", upload_id: "up_1", message_type: "image" }]));
  });

  it("refuses at once what no upload could change, with a sentence", async () => {
    await attach(photo("empty.jpg", "image/jpeg", 0), photo("huge.bin", "", 101 * 1024 * 1024));
    expect(screen.getAllByTestId("tray-error").map((line) => line.textContent)).toEqual([
      "This file is empty.",
      "This file is larger than WhatsApp takes.",
    ]);
    expect(transfers).toEqual([]);
    expect(button("send").disabled).toBe(true);
    expect(screen.queryByTestId("tray-retry")).toBeNull();
  });

  it("holds no more files than one can look at", async () => {
    await attach(...Array.from({ length: 50 }, (_, place) => photo(`${place}.jpg`)));
    const files = screen.getAllByTestId("tray-file");
    expect(files).toHaveLength(31);
    expect(files.at(-1)?.textContent).toContain("No more files");
  });

  it("sends a picture as a document when told to, and a webp as a sticker", async () => {
    await attach(photo("cat.webp", "image/webp"));
    const kinds = screen.getByTestId<HTMLSelectElement>("tray-kind");
    expect([...kinds.options].map(({ value }) => value)).toEqual(["image", "sticker", "document"]);
    fireEvent.change(kinds, { target: { value: "sticker" } });
    expect(transfers.at(-1)?.url).toContain("kind=sticker");
  });

  it("lets go of a file, and gives the keys back to the text", async () => {
    await attach(photo());
    fireEvent.click(button("tray-remove"));
    expect(useUploads.getState().items).toEqual([]);
    expect(transfers[0]?.isAborted).toBe(true);
    expect(document.activeElement).toBe(field());
  });

  it("takes what is pasted, but not the picture of a text", () => {
    const paste = (types: string[]) =>
      fireEvent.paste(field(), {
        clipboardData: {
          types,
          items: [{ kind: "file", getAsFile: () => photo("image.png", "image/png") }],
        },
      });
    paste(["text/plain", "Files"]);
    expect(useUploads.getState().items).toEqual([]);
    paste(["Files"]);
    expect(useUploads.getState().items).toMatchObject([{ name: "image.png" }]);
  });
});

describe("the recorder", () => {
  it.each([
    ["NotAllowedError", "may not use the microphone"],
    ["NotFoundError", "No microphone was found"],
    ["NotReadableError", "another program"],
  ])("says why there is no recording: %s", async (name, words) => {
    const refuse = () => Promise.reject(new DOMException("no", name));
    vi.stubGlobal("MediaRecorder", class {});
    vi.stubGlobal("navigator", { ...navigator, mediaDevices: { getUserMedia: refuse } });
    offer(cloud);
    open();
    fireEvent.click(button("record"));
    expect((await screen.findByTestId("voice-trouble")).textContent).toContain(words);
    fireEvent.keyDown(screen.getByTestId("recorder"), { key: "Escape" });
    expect(field()).toBeDefined();
  });

  it("says that pages without https have no microphone", async () => {
    vi.stubGlobal("navigator", { ...navigator, mediaDevices: undefined });
    offer(cloud);
    open();
    fireEvent.click(button("record"));
    expect((await screen.findByTestId("voice-trouble")).textContent).toContain("https");
  });
});
