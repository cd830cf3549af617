import { describe, expect, it } from "vitest";
import { everySource } from "../house/sources.ts";
import ar from "./ar.json";
import deskAr from "./desk.ar.json";
import deskEn from "./desk.en.json";
import en from "./en.json";
import { chooseLanguage, translate, useLanguage } from "./index.ts";
import officeAr from "./office.ar.json";
import officeEn from "./office.en.json";

const FORMS = ["zero", "one", "two", "few", "many", "other"];
const stems = (texts: object) =>
  new Set(Object.keys(texts).map((key) => key.replace(/_(zero|one|two|few|many|other)$/, "")));
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

const FILES = [
  ["first", en, ar],
  ["desk", deskEn, deskAr],
  ["office", officeEn, officeAr],
] as const satisfies [string, Record<string, string>, Record<string, string>][];
const everyEnglish = FILES.flatMap(([, english]) => Object.keys(english));

describe.each(FILES)("the languages of the %s texts", (_name, english: object, arabic: Record<string, string>) => {
  it("have the same keys", () => {
    expect(Object.keys(arabic).sort()).toEqual(Object.keys(english).sort());
  });

  it("have all six Arabic forms of every plural", () => {
    const plural = [...stems(arabic)].filter((stem) => `${stem}_other` in arabic);
    expect(plural.length).toBeGreaterThan(0);
    for (const stem of plural) for (const form of FORMS) expect(arabic, stem).toHaveProperty(`${stem}_${form}`);
  });

  it("use the same placeholders, but for a number that Arabic says in words", () => {
    for (const [key, text] of Object.entries(english)) {
      const theirs = placeholders(arabic[key] ?? "");
      const isCounted = /_(zero|one|two)$/.test(key);
      // Whichever of the two says it in words.
      const numbers = isCounted ? ["{count}"] : [];
      const others = (found: string[]) => found.filter((name) => !numbers.includes(name));
      expect(others(theirs), key).toEqual(others(placeholders(text)));
    }
  });

  it("leave no text empty and no English in Arabic", () => {
    for (const [key, text] of Object.entries(arabic)) {
      expect(text.trim(), key).not.toBe("");
      expect(text, key).toMatch(/\p{Script=Arabic}/u);
    }
  });
});

describe("the texts of all files", () => {
  it("hold every key that the program asks for", () => {
    const known = new Set([...everyEnglish, ...FILES.flatMap(([, english]) => [...stems(english)])]);
    for (const { path, code } of everySource()) {
      for (const [, key] of code.matchAll(/\btext\("([\w-]+)"/g)) expect(known, `${key} in ${path}`).toContain(key);
    }
  });

  it("stand in one file each", () => {
    expect(everyEnglish.length).toBe(new Set(everyEnglish).size);
  });

  it("are none that nothing says", () => {
    const code = everySource()
      .filter(({ path }) => !path.includes(".test."))
      .map((source) => source.code)
      .join("\n");
    const prefixes = [...code.matchAll(/`(\w+_)\$\{/g)].map(([, prefix]) => prefix as string);
    for (const stem of FILES.flatMap(([, english]) => [...stems(english)])) {
      expect(code.includes(`"${stem}"`) || prefixes.some((prefix) => stem.startsWith(prefix)), stem).toBe(true);
    }
  });
});

describe("a translation", () => {
  it("chooses among six forms in Arabic", () => {
    const said = [0, 1, 2, 3, 11, 100].map((count) => translate("ar", "unread", { count }));
    expect(new Set(said).size).toBe(6);
    expect(said[2]).toBe("رسالتان غير مقروءتين");
  });

  it("writes numbers as the language does", () => {
    expect(translate("en", "live_sequence", { sequence: 48_211 })).toBe("event 48,211");
    expect(translate("en", "unread", { count: 1 })).toBe("1 unread message");
  });

  it("turns the whole page round", () => {
    chooseLanguage("ar");
    expect(document.documentElement).toMatchObject({ lang: "ar", dir: "rtl" });
    expect(useLanguage.getState().language).toBe("ar");
    chooseLanguage("en");
    expect(document.documentElement).toMatchObject({ lang: "en", dir: "ltr" });
  });
});
