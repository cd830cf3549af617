import { renderHook } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import "../i18n/desk.ts";
import { chooseLanguage } from "../i18n/index.ts";
import { useReason } from "./reasons.ts";

const said = (code: string, message: string) =>
  renderHook(() => useReason("failure", { code, message })).result.current;
const SENDING = ["window_closed", "conversation_continued", "upload_gone", "template_unusable", "template_values"];
const FILES = ["unfit_content", "file_refused", "too_large", "network"];
const DECIDING = ["not_at_whatsapp", "not_decidable", "templates_not_listed", "same_contact", "not_supported"];

afterEach(() => chooseLanguage("en"));

describe("why something did not work", () => {
  it.each([...SENDING, ...FILES, ...DECIDING])("is told in Arabic too: %s", (code) => {
    chooseLanguage("ar");
    expect(said(code, "Told in English.")).toMatch(/^[\p{Script=Arabic}\p{M}\p{P}\d\s]+$/u);
  });

  it("is told in English as the server says it, but not as a browser does", () => {
    expect(said("template_values", "Missing: 1.")).toBe("Missing: 1.");
    expect(said("network", "TypeError: Failed to fetch")).toMatch(/^The server cannot be reached/);
  });

  it("is told as it came where we have no words", () => {
    chooseLanguage("ar");
    expect(said("http_418", "I am a teapot.")).toBe("I am a teapot.");
  });
});
