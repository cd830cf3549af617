import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Media, Message, MessageType } from "../api/types.ts";
import { file, message, RANA, reply } from "../house/cast.ts";
import { chooseLanguage } from "../i18n/index.ts";
import { emptyState } from "../live/state.ts";
import { changeLive, liveNow, publish, resetScreen } from "../live/store.ts";
import { Content } from "./content.tsx";
import { useViewing } from "./viewing.ts";

const draw = (type: MessageType, change: Partial<Message> = {}) =>
  render(<Content message={message(3, { type, content: "", ...change })} />);
const awaited = (change: Partial<Media> = {}) => file("image/jpeg", { state: "pending", url: null, ...change });
const failed = (change: Partial<Media> = {}) =>
  awaited({
    state: "failed",
    can_retry: true,
    error: { code: "too_large", message: "The file has 200 MB." },
    ...change,
  });

afterEach(() => {
  vi.unstubAllGlobals();
  chooseLanguage("en");
});

describe("a picture", () => {
  it("has its room before it is there, and the same one after", () => {
    const { container, rerender } = draw("image", { media: awaited() });
    const room = () => (container.querySelector("[data-testid=picture] > div") as HTMLElement).style.aspectRatio;
    const before = room();
    expect(before).toMatch(/^\d+ \/ \d+$/);
    expect(screen.getByTestId("file-pending").textContent).toBe("The file is being fetched…");
    const there = message(3, {
      version: 4,
      type: "image",
      content: "",
      media: file("image/jpeg", { width: 300, height: 900 }),
    });
    rerender(<Content message={there} />);
    expect(container.querySelector("img")?.getAttribute("loading")).toBe("lazy");
    expect(room()).toBe(before);
  });

  it("has its own proportions when they are known from the beginning", () => {
    const { container } = draw("image", { media: file("image/jpeg", { width: 1600, height: 1200 }) });
    const picture = screen.getByTestId("picture");
    expect(picture.style.width).toBe("300px");
    expect((container.querySelector("[data-testid=picture] > div") as HTMLElement).style.aspectRatio).toBe("300 / 225");
  });

  it("that the browser cannot show can still be had", () => {
    const { container } = draw("image", { media: file("image/jpeg", { url: "/m/1" }) });
    fireEvent.error(container.querySelector("img") as HTMLElement);
    expect(screen.getByTestId("media-broken").querySelector("a")?.getAttribute("href")).toBe("/m/1?download=true");
  });

  it("that was never handed over says so", () => {
    draw("image", { content: "Image not received: Too old", media: null, metadata: { reason: "Too old" } });
    expect(screen.getByTestId("file-failed").textContent).toBe("Too old");
  });

  it("loads nothing from elsewhere", () => {
    const { container } = draw("image", { media: file("image/jpeg", { url: "https://elsewhere.example/x.jpg" }) });
    expect(container.querySelector("img")).toBeNull();
  });
});

describe("a file that could not be fetched", () => {
  it("says why, in the page's language where it can", () => {
    draw("document", { media: failed() });
    expect(screen.getByTestId("file-failed").textContent).toContain("The file has 200 MB.");
    act(() => chooseLanguage("ar"));
    expect(screen.getByTestId("file-failed").textContent).toContain("الملف أكبر من أن يُجلب.");
  });

  it("is asked for again, and then shown as coming", async () => {
    resetScreen("1");
    const held = message(3, { type: "voice", content: "", media: failed() });
    changeLive(() => ({
      ...emptyState("1"),
      threads: { [RANA]: { messages: [held], complete: true, next_before: null, fetched: true } },
    }));
    const asked = vi.fn<typeof fetch>(async () =>
      Response.json({ success: true, message: { ...held, version: 9, media: awaited() } }),
    );
    vi.stubGlobal("fetch", asked);
    render(<Content message={held} />);
    await act(async () => fireEvent.click(screen.getByTestId("fetch-again")));
    const [path, request] = asked.mock.calls[0] ?? [];
    expect(path).toBe("/api/live-chat/fetch-media");
    expect(JSON.parse(String(request?.body))).toEqual({ conversation_id: RANA, message_id: held.message_id });
    act(publish);
    expect(liveNow().threads[RANA]?.messages[0]?.media?.state).toBe("pending");
  });

  it("says when it could not even be asked for", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
    draw("voice", { media: failed() });
    await act(async () => fireEvent.click(screen.getByTestId("fetch-again")));
    expect(screen.getByRole("alert").textContent).toMatch(/cannot be reached/);
  });

  it("offers nothing where asking cannot help", () => {
    draw("voice", { media: failed({ can_retry: false }) });
    expect(screen.queryByTestId("fetch-again")).toBeNull();
  });
});

describe("a document", () => {
  it("has a name, a kind, a size, and ways to open and keep it", () => {
    draw("document", { media: file("application/pdf", { url: "/m/1", name: "order.pdf", bytes: 1_200_000 }) });
    expect(screen.getByTestId("document").textContent).toContain("order.pdf");
    expect(screen.getByTestId("document-about").textContent).toBe("PDF · 1.2 MB");
    expect(screen.getByTestId("open-document").getAttribute("href")).toBe("/m/1?name=order.pdf");
    expect(screen.getByTestId("download").getAttribute("href")).toBe("/m/1?name=order.pdf&download=true");
  });

  it("is never opened by the browser where it could hold a program", () => {
    for (const mime_type of ["text/html", "image/svg+xml", "application/zip"]) {
      const { unmount } = draw("document", { media: file(mime_type, { name: "x" }) });
      expect(screen.queryByTestId("open-document"), mime_type).toBeNull();
      expect(screen.getByTestId("download")).toBeDefined();
      unmount();
    }
  });
});

describe("what was offered", () => {
  it("shows what the customer chose of it", () => {
    const interactive = {
      type: "button",
      body: { text: "Today?" },
      action: { buttons: ["Yes", "No"].map((title) => ({ type: "reply", reply: { id: title, title } })) },
    };
    const offer = reply(3, { type: "interactive", content: "Today?", metadata: { interactive } });
    const answer = message(4, {
      type: "interactive",
      reply_to: offer.message_id,
      metadata: { interactive: { type: "button_reply", button_reply: { id: "No", title: "No" } } },
    });
    resetScreen("1");
    changeLive(() => ({
      ...emptyState("1"),
      threads: { [RANA]: { messages: [offer, answer], complete: true, next_before: null, fetched: true } },
    }));
    render(<Content message={offer} />);
    const taken = screen.getByLabelText("Chosen by the customer");
    expect(taken.parentElement?.textContent).toBe("No");
    expect(screen.getByText("Yes")).toBeDefined();
  });
});

describe("a template", () => {
  const template = {
    name: "order_ready",
    preview: {
      header: { format: "IMAGE", text: null },
      body: "Hello *Rana*, order 12 is ready",
      footer: "Cedar Bakery",
      buttons: [
        { type: "quick_reply", text: "Thank you" },
        { type: "url", text: "Track it" },
      ],
    },
  };

  it("is shown as the customer sees it, its picture too", () => {
    const { container } = draw("template", { media: file("image/png", { url: "/m/1" }), metadata: { template } });
    expect(screen.getByTestId("message-text").textContent).toBe("Hello Rana, order 12 is ready");
    for (const words of ["Cedar Bakery", "Thank you", "Track it"]) expect(screen.getByText(words)).toBeDefined();
    expect(container.querySelector("img")?.getAttribute("src")).toBe("/m/1");
    fireEvent.click(screen.getByTestId("open-media"));
    expect(useViewing.getState().viewed?.message_id).toBe("wamid.3");
  });

  it("shows a document above it as one", () => {
    draw("template", { media: file("application/pdf", { name: "bill.pdf" }), metadata: { template } });
    expect(screen.getByTestId("document").textContent).toContain("bill.pdf");
  });

  it("says its name when nobody knows its words", () => {
    draw("template", { content: "order_ready", metadata: { template: { name: "order_ready" } } });
    expect(screen.getByTestId("template").textContent).toContain("order_ready");
    expect(screen.queryByTestId("message-text")).toBeNull();
  });
});

describe("a contact card", () => {
  it("lets its number be copied", async () => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText } });
    const contacts = [{ name: { formatted_name: "Rami" }, phones: [{ phone: "+961 3 000 099" }] }];
    draw("contacts", { content: "Rami", metadata: { contacts } });
    await act(async () => fireEvent.click(screen.getByTestId("copy")));
    expect(writeText).toHaveBeenCalledWith("+961 3 000 099");
    expect(screen.getByLabelText("Copied")).toBeDefined();
  });

  it.each([
    ["there is no clipboard", undefined],
    ["the browser forbids it", { writeText: () => Promise.reject(new DOMException("no", "NotAllowedError")) }],
  ])("says that it was not copied, and marks it, when %s", async (_why, clipboard) => {
    vi.stubGlobal("navigator", { ...navigator, clipboard });
    const contacts = [{ name: { formatted_name: "Rami" }, phones: [{ phone: "+961 3 000 099" }] }];
    draw("contacts", { content: "Rami", metadata: { contacts } });
    await act(async () => fireEvent.click(screen.getByTestId("copy")));
    expect(screen.queryByLabelText("Copied")).toBeNull();
    expect(screen.getByRole("alert").textContent).toContain("did not let it be copied");
    expect(String(window.getSelection())).toBe("+961 3 000 099");
  });
});

describe("what stands around a message", () => {
  it("is told", () => {
    const metadata = {
      forwarded: true,
      speaker: { name: "Rami" },
      referral: { headline: "Fresh bread", source_url: "https://fb.me/abc" },
    };
    draw("text", { content: "hello", metadata });
    expect(screen.getByTestId("forwarded").textContent).toBe("Forwarded");
    expect(screen.getByTestId("speaker").textContent).toBe("Rami");
    expect(screen.getByTestId("referral").textContent).toContain("Fresh bread");
    expect(screen.getByTestId("referral").querySelector("a")?.getAttribute("href")).toBe("https://fb.me/abc");
  });

  it("never leads to a program", () => {
    draw("text", { content: "hello", metadata: { referral: { headline: "x", source_url: "javascript:alert(1)" } } });
    expect(screen.getByTestId("referral").querySelector("a")).toBeNull();
  });
});

describe("a message that cannot be drawn", () => {
  it("says its words, and is drawn again in its next version", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const broken = {
      get name() {
        throw new Error("broken");
      },
    };
    const { rerender } = draw("image", { content: "the words", media: broken as unknown as Media });
    rerender(
      <Content message={message(3, { type: "document", content: "the words", media: broken as unknown as Media })} />,
    );
    expect(screen.getByTestId("message-text").textContent).toBe("the words");
    rerender(<Content message={message(3, { version: 9, type: "document", media: file("application/pdf") })} />);
    expect(screen.getByTestId("document")).toBeDefined();
  });
});

it("every kind shows something, however little is known of it", () => {
  const kinds: MessageType[] = [
    "text",
    "image",
    "voice",
    "audio",
    "video",
    "document",
    "sticker",
    "location",
    "contacts",
    "interactive",
    "order",
    "template",
    "unsupported",
  ];
  for (const type of [...kinds, "something new" as MessageType]) {
    for (const media of [null, file("application/octet-stream"), awaited(), failed()]) {
      const { container, unmount } = draw(type, { content: "words", media });
      const isSeen = container.textContent?.trim() || container.querySelector("img, svg, button");
      expect(isSeen, type).toBeTruthy();
      unmount();
    }
  }
});
