import { describe, expect, it } from "vitest";
import { everySource } from "../house/sources.ts";
import ar from "./ar.json";
import en from "./en.json";
import { chooseLanguage, translate, useLanguage } from "./index.ts";

const FORMS = ["zero", "one", "two", "few", "many", "other"];
const stems = (texts: object) =>
  new Set(Object.keys(texts).map((key) => key.replace(/_(zero|one|two|few|many|other)$/, "")));
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

describe("the languages", () => {
  it("have the same keys", () => {
    expect(Object.keys(ar).sort()).toEqual(Object.keys(en).sort());
  });

  it("have all six Arabic forms of every plural", () => {
    const plural = [...stems(ar)].filter((stem) => `${stem}_other` in ar);
    expect(plural.length).toBeGreaterThan(3);
    for (const stem of plural) for (const form of FORMS) expect(ar, stem).toHaveProperty(`${stem}_${form}`);
  });

  it("use the same placeholders, but for a number that Arabic says in words", () => {
    for (const [key, text] of Object.entries(en)) {
      const arabic = placeholders(ar[key as keyof typeof ar]);
      const isCounted = /_(zero|one|two)$/.test(key);
      expect(isCounted && arabic.length === 0 ? placeholders(text) : arabic, key).toEqual(placeholders(text));
    }
  });

  it("leave no text empty and no English in Arabic", () => {
    for (const [key, text] of Object.entries(ar)) {
      expect(text.trim(), key).not.toBe("");
      expect(text, key).toMatch(/\p{Script=Arabic}/u);
    }
  });

  it("hold every key that the program asks for", () => {
    const known = new Set([...Object.keys(en), ...stems(en)]);
    for (const { path, code } of everySource()) {
      for (const [, key] of code.matchAll(/\btext\("([\w-]+)"/g)) expect(known, `${key} in ${path}`).toContain(key);
    }
  });
});

it("no text is kept that nothing says", () => {
  const code = everySource()
    .filter(({ path }) => !path.includes(".test."))
    .map((source) => source.code)
    .join("\n");
  const prefixes = [...code.matchAll(/`(\w+_)\$\{/g)].map(([, prefix]) => prefix as string);
  for (const stem of stems(en)) {
    expect(code.includes(`"${stem}"`) || prefixes.some((prefix) => stem.startsWith(prefix)), stem).toBe(true);
  }
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
