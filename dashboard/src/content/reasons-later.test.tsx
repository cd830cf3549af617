import { act, render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { chooseLanguage } from "../i18n/index.ts";
import { useReason } from "./reasons.ts";

function Reason() {
  return <p data-testid="reason">{useReason("failure", { code: "file_refused", message: "Not this file." })}</p>;
}

it("what stands here already is said in the words that come after the page", async () => {
  chooseLanguage("ar");
  render(<Reason />);
  expect(screen.getByTestId("reason").textContent).toBe("Not this file.");
  await act(() => import("../i18n/desk.ts"));
  expect(screen.getByTestId("reason").textContent).toBe("لا تُرسل ملفات من هذا النوع.");
  chooseLanguage("en");
});
