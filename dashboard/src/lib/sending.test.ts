import { describe, expect, it } from "vitest";
import { cloud, template } from "../house/offers.ts";
import { pointIn } from "./coordinates.ts";
import { bytesMax, kindsFor, sizeText, takesCaption } from "./files.ts";
import { blankTemplate, findTemplates, gapsOf, missingGaps, previewOf } from "./templates.ts";

describe("a place", () => {
  it.each([
    ["33.8938, 35.5018"],
    ["33.8938 35.5018"],
    ["(33.8938,35.5018)"],
    ["٣٣٫٨٩٣٨، ٣٥٫٥٠١٨"],
    ["33.8938° , 35.5018°"],
    ["geo:33.8938,35.5018"],
    ["https://www.google.com/maps/@33.8938,35.5018,17z"],
    ["https://www.google.com/maps/place/X/@33.1,35.1,17z/data=!3m1!8m2!3d33.8938!4d35.5018"],
    ["https://maps.google.com/?q=33.8938,35.5018"],
    ["https://maps.google.com/?q=33.8938%2C35.5018"],
    ["https://www.openstreetmap.org/?mlat=33.8938&mlon=35.5018#map=16/33.1/35.1"],
    ["https://www.openstreetmap.org/#map=16/33.8938/35.5018"],
  ])("is read from %s", (written) => {
    expect(pointIn(written)).toEqual({ latitude: 33.8938, longitude: 35.5018 });
  });

  it.each(["", "Beirut", "91, 10", "10, 181", "https://maps.app.goo.gl/abc", "33.8938", "1,2,3", "%E0%A4%A"])(
    "is not read from “%s”",
    (written) => {
      expect(pointIn(written)).toBeNull();
    },
  );
});

describe("a file", () => {
  it("goes as what it is, or as a document, as far as the channel takes it", () => {
    expect(kindsFor("image/jpeg", cloud)).toEqual(["image", "document"]);
    expect(kindsFor("image/webp", cloud)).toEqual(["image", "sticker", "document"]);
    expect(kindsFor("image/svg+xml", cloud)).toEqual(["document"]);
    expect(kindsFor("", cloud)).toEqual(["document"]);
    expect(kindsFor("application/pdf", { ...cloud, kinds: ["text", "image"] })).toEqual([]);
  });

  it("that is too large for its kind may still be a document", () => {
    expect(bytesMax("video", cloud)).toBe(100 * 1024 * 1024);
    const onlyVideo = { ...cloud, files: { video: { bytes_max: 16_000_000, mime_types: [] } } };
    expect(bytesMax("video", onlyVideo)).toBe(16_000_000);
  });

  it("says its size as people do", () => {
    expect(sizeText("en", 300)).toBe("1 kB");
    expect(sizeText("en", 1.5 * 1024 * 1024)).toBe("1.5 MB");
  });

  it("carries a caption unless it is a sound or a sticker", () => {
    expect(
      ["image", "video", "document", "audio", "voice", "sticker"].filter((kind) => takesCaption(kind as "image")),
    ).toEqual(["image", "video", "document"]);
  });
});

describe("a template", () => {
  const filled = { ...blankTemplate(template), body: { first_name: "Rana" }, buttons: { "0": "bread" } };

  it("names its gaps in order, buttons by their place", () => {
    expect(gapsOf(template).map(({ part, name }) => `${part} ${name}`)).toEqual(["body first_name", "buttons 0"]);
    expect(missingGaps(template, { ...filled, body: { first_name: "  " } })).toEqual([
      { part: "body", name: "first_name" },
    ]);
    expect(missingGaps(template, filled)).toEqual([]);
  });

  it("is seen as the customer will see it, open gaps as they are", () => {
    expect(previewOf(template, filled).body).toBe("New for you, Rana: see what came in today.");
    expect(previewOf(template, blankTemplate(template)).body).toContain("{{first_name}}");
  });

  it("never takes a value for a pattern", () => {
    const sly = { ...filled, body: { first_name: "$& {{first_name}}" } };
    expect(previewOf(template, sly).body).toBe("New for you, $& {{first_name}}: see what came in today.");
  });

  it("is found by any of its words, the usable ones first", () => {
    const paused = { ...template, name: "a_paused_one", usable: false, status: "paused" as const };
    expect(findTemplates([paused, template], "CAME marketing").map(({ name }) => name)).toEqual([
      "new_arrivals",
      "a_paused_one",
    ]);
    expect(findTemplates([paused, template], "new arrivals").map(({ name }) => name)).toEqual(["new_arrivals"]);
    expect(findTemplates([template], "tomatoes")).toEqual([]);
  });
});
