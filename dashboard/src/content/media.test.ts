import { describe, expect, it } from "vitest";
import type { Media } from "../api/types.ts";
import { file, message } from "../house/cast.ts";
import { translate } from "../i18n/index.ts";
import { blocksOf } from "./blocks.ts";
import { bubblePictureOf, bytesInWords, clockOf, lettersOf, linkOf, roomFor, stateOf, urlOf } from "./media.ts";
import { plainWords, previewOf } from "./preview.ts";
import { kindOf, viewable } from "./viewing.ts";
import { barsOf } from "./waveform.tsx";
import { moved, scaled, WHOLE } from "./zoom.ts";

const picture = (change: Partial<Media>, type: "image" | "sticker" = "image") =>
  message(1, { type, media: file("image/jpeg", change) });

describe("a file", () => {
  it("is where this server has it, and nowhere else", () => {
    expect(urlOf(file("image/png", { url: "/api/live-chat/media/ab" }))).toBe("/api/live-chat/media/ab");
    expect(urlOf(file("image/png", { url: "blob:http://here/1" }))).toBe("blob:http://here/1");
    for (const url of ["https://elsewhere.example/x.png", "//elsewhere.example/x.png", "javascript:alert(1)", null]) {
      expect(urlOf(file("image/png", { url }))).toBeNull();
    }
  });

  it("of long ago, of which nobody said where it is, is missing", () => {
    const { state: _state, ...old } = file("image/png", { url: null });
    expect(stateOf(old as Media)).toBe("missing");
    expect(stateOf(null)).toBe("missing");
    expect(stateOf(file("image/png"))).toBe("ready");
    expect(stateOf(file("image/png", { state: "pending", url: null }))).toBe("pending");
  });

  it("is asked for under its name", () => {
    const link = linkOf(file("application/pdf", { url: "/m/1", name: "a & b.pdf" }), true);
    expect(link).toBe("/m/1?name=a+%26+b.pdf&download=true");
    expect(linkOf(file("application/pdf", { url: "/m/1", name: null }), false)).toBe("/m/1");
  });

  it("says its size and kind", () => {
    expect(bytesInWords("en", 340)).toBe("340 byte");
    expect(bytesInWords("en", 1_250_000)).toBe("1.3 MB");
    expect(bytesInWords("en", 999_999)).toBe("1,000 kB");
    expect(lettersOf({ name: "order.final.docx", mime_type: "application/zip" })).toBe("DOCX");
    expect(lettersOf({ name: null, mime_type: "application/pdf" })).toBe("PDF");
    expect(lettersOf({ name: "noending", mime_type: "application/msword" })).toBe("DOC");
    expect(lettersOf({ name: null, mime_type: "application/octet-stream" })).toBe("");
  });

  it("says its length", () => {
    expect([0, 7.4, 59.6, 3723].map(clockOf)).toEqual(["0:00", "0:07", "1:00", "1:02:03"]);
    expect(clockOf(null)).toBe("–:––");
    expect(clockOf(Number.POSITIVE_INFINITY)).toBe("–:––");
  });

  it("is shown small when it is large", () => {
    const thumbnail_url = "/m/small";
    expect(bubblePictureOf(file("image/png", { url: "/m/1", thumbnail_url, bytes: 4_000_000 }))).toBe("/m/small");
    expect(bubblePictureOf(file("image/png", { url: "/m/1", thumbnail_url, bytes: 40_000 }))).toBe("/m/1");
    expect(bubblePictureOf(file("image/png", { url: "/m/1", thumbnail_url: null, bytes: 4_000_000 }))).toBe("/m/1");
  });
});

describe("the room for a picture", () => {
  it("has its proportions and fits into a bubble", () => {
    expect(roomFor(picture({ width: 1600, height: 1200 }))).toEqual({ width: 300, height: 225 });
    expect(roomFor(picture({ width: 1200, height: 1600 }))).toEqual({ width: 255, height: 340 });
  });

  it("enlarges small ones a little, and stickers never", () => {
    expect(roomFor(picture({ width: 96, height: 96 }))).toEqual({ width: 192, height: 192 });
    expect(roomFor(picture({ width: 96, height: 96 }, "sticker"))).toEqual({ width: 96, height: 96 });
  });

  it("is never so narrow that nobody could hit it", () => {
    expect(roomFor(picture({ width: 4000, height: 40 })).height).toBe(120);
  });

  it("is kept for one whose size nobody knows", () => {
    for (const size of [
      { width: null, height: null },
      { width: 0, height: 10 },
      { width: -5, height: -5 },
    ]) {
      const { width, height } = roomFor(picture(size));
      expect(Math.min(width, height)).toBeGreaterThan(100);
    }
  });
});

describe("what fills the screen", () => {
  it("is every picture and video that is there", () => {
    const shown = [
      picture({}),
      picture({}, "sticker"),
      message(2, { type: "video", media: file("video/mp4") }),
      message(3, { type: "template", media: file("image/png") }),
      picture({ state: "pending", url: null }),
      message(4, { type: "document", media: file("image/png") }),
      { ...picture({}), deleted_at: "2027-01-15T10:00:00Z" },
      message(5),
    ];
    expect(viewable(shown).map(kindOf)).toEqual(["picture", "picture", "video", "picture"]);
  });

  it("is enlarged around the point that is meant, and becomes whole again", () => {
    const near = scaled(WHOLE, 2, { x: 100, y: 50 });
    expect(near).toEqual({ scale: 2, x: -100, y: -50 });
    expect(scaled(near, 0.1)).toEqual(WHOLE);
    expect(scaled(WHOLE, 1000).scale).toBeLessThanOrEqual(6);
  });

  it("can be moved when it is enlarged, but not out of sight", () => {
    const room = { width: 400, height: 300 };
    expect(moved(WHOLE, { x: 50, y: 0 }, room)).toEqual(WHOLE);
    expect(moved({ scale: 2, x: 0, y: 0 }, { x: 50, y: -20 }, room)).toEqual({ scale: 2, x: 50, y: -20 });
    expect(moved({ scale: 2, x: 0, y: 0 }, { x: 9999, y: -9999 }, room)).toEqual({ scale: 2, x: 400, y: -300 });
  });
});

describe("a waveform", () => {
  const heights = (peaks: number[]) =>
    [...barsOf(peaks).matchAll(/ ([\d.]+)V([\d.]+)/g)].map(([, top, bottom]) => Number(bottom) - Number(top));

  it("is as high as it was loud, within its room", () => {
    const bars = heights([...Array(32).fill(0), ...Array(32).fill(100)]);
    expect(Math.max(...bars.slice(0, 20))).toBeLessThan(5);
    expect(Math.min(...bars.slice(-20))).toBeGreaterThan(20);
    expect(Math.max(...heights([9999, -5]))).toBeLessThanOrEqual(32);
  });

  it("is a line of dots when nobody listened", () => {
    expect(new Set(heights([])).size).toBe(1);
  });
});

describe("a line of a message", () => {
  const text = (key: Parameters<typeof translate>[1]) => translate("en", key);
  const arabic = (key: Parameters<typeof translate>[1]) => translate("ar", key);
  const line = (type: Parameters<typeof previewOf>[0]["type"], content: string, say = text) =>
    previewOf({ type, content }, say);

  it("is what was said, without marks", () => {
    expect(line("text", "*bold* and _it *both*_ 2*3*4")).toBe("bold and it both 2*3*4");
    expect(line("image", "a *caption*")).toBe("a caption");
    expect(plainWords("`*`")).toBe("*");
  });

  it("names the kind where nothing was said", () => {
    expect(line("image", "")).toBe("Photo");
    expect(line("voice", "")).toBe("Voice message");
    expect(line("video", "Video not received: too old")).toBe("Video");
    expect(line("location", "33.8938, 35.5018")).toBe("Location");
    expect(line("location", "Home")).toBe("Home");
    expect(line("order", "Order\n2 × bread")).toBe("Order");
    expect(line("template", "")).toBe("Template");
  });

  it("says the server's own words in the page's language", () => {
    expect(line("unsupported", "Unsupported message: poll", arabic)).toBe("رسالة غير مدعومة");
    expect(line("unsupported", "Opened the chat for the first time", arabic)).toMatch(/^فتح العميل/);
    expect(line("interactive", "Form answered\nname: Rana", arabic)).toBe("تم ملء النموذج\nname: Rana");
    expect(line("interactive", "Calls not allowed", arabic)).toMatch(/^لم يُسمح/);
    expect(line("interactive", "Yes please", arabic)).toBe("Yes please");
  });
});

describe("the blocks of a text", () => {
  const kinds = (content: string) => blocksOf(content).map(({ kind, lines }) => [kind, ...lines]);

  it("are lists, quotations and code between plain lines", () => {
    expect(kinds("I need\n- bread\n* cake\n1. a\n2. b\n> why\nbye")).toEqual([
      ["text", "I need"],
      ["bullets", "bread", "cake"],
      ["numbers", "a", "b"],
      ["quotation", "why"],
      ["text", "bye"],
    ]);
    expect(kinds("see\n```\nx = 1\n- y\n```\nthen")).toEqual([
      ["text", "see"],
      ["code", "x = 1", "- y"],
      ["text", "then"],
    ]);
    expect(blocksOf("7. g\n8. h")[0]?.first).toBe(7);
  });

  it("are one where nothing is marked, to the last blank", () => {
    for (const plain of ["", "hello", "a\n\nb\n", "-5 degrees", "*bold*\n_it_", ">", "a ```x``` b", "``````"]) {
      expect(kinds(plain)).toEqual(plain === "" ? [] : [["text", ...plain.split("\n")]]);
    }
  });
});
