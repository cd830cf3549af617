/** Every test starts with clean storage, in English. */
import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";
import { useLanguage } from "../i18n/index.ts";

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  useLanguage.setState({ language: "en" });
});
afterEach(() => {
  cleanup();
});
