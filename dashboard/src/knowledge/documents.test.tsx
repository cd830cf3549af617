import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answers, calls, entry, sentTo, show, stage } from "../house/office-stage.tsx";
import { type FakeTransfer, fakeUploads } from "../house/transfers.ts";
import { chooseLanguage } from "../i18n/index.ts";
import KnowledgePage from "./knowledge-page.tsx";

stage();

const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const press = (id: string) => fireEvent.click(screen.getByTestId(id));
const asked = (path: string) => calls.filter((call) => call.method === "GET" && call.path === path);

async function opened(): Promise<void> {
  window.history.replaceState(null, "", "/knowledge/documents");
  show(<KnowledgePage />);
  await screen.findByTestId("document-row");
}

afterEach(() => {
  cleanup();
  chooseLanguage("en");
  window.history.replaceState(null, "", "/");
});

describe("documents", () => {
  const document = {
    document_id: "5",
    name: "Prices.pdf",
    mime_type: "application/pdf",
    bytes: 204_800,
    passages: 42,
    created_by_name: "Sara",
    created_at: "2027-01-12T08:00:00Z",
  };
  let transfers: FakeTransfer[];
  const bring = (...names: string[]) =>
    fireEvent.change(field("choose-document"), { target: { files: names.map((name) => new File(["x"], name)) } });
  const coming = () => screen.queryAllByTestId("document-coming").map((item) => item.dataset.state);

  beforeEach(() => {
    transfers = fakeUploads();
    answers["GET /knowledge/documents"] = { documents: [document] };
    answers["GET /knowledge/entries"] = { entries: [entry()], next_cursor: null, total: 1, topics: [] };
  });

  it("that are in use already say so instead of vanishing", async () => {
    await opened();
    bring("a.pdf");
    await act(async () => transfers[0]?.answer(200, { success: true, document, passages: 42, is_new: false }));
    await waitFor(() => expect(coming()).toEqual(["known"]));
    expect(screen.getByTestId("document-coming").textContent).toContain("This document is in use already.");
    press("document-forget");
    expect(coming()).toEqual([]);
  });

  it("are listed, and lead to their passages", async () => {
    await opened();
    const row = screen.getByTestId("document-row");
    expect(row.textContent).toContain("42 passages · 200 kB · Sara");
    press("document-open");
    await screen.findByTestId("entry");
    expect(asked("/knowledge/entries").at(-1)?.query).toMatchObject({ document_id: "5", passages: "true" });
    await waitFor(() => expect(screen.getByTestId("document-name").textContent).toBe("Prices.pdf"));
    press("document-back");
    await screen.findByTestId("document-row");
  });

  it("are brought one after the other, each with how far it is", async () => {
    await opened();
    bring("a b.pdf");
    bring("c.md");
    expect(coming()).toEqual(["running", "waiting"]);
    expect(transfers.map(({ url }) => url)).toEqual(["/api/live-chat/knowledge/documents?name=a+b.pdf"]);
    act(() => transfers[0]?.progress(50, 200));
    expect(screen.getAllByTestId("document-coming")[0]?.textContent).toContain("25 %");
    await act(async () => transfers[0]?.answer(200, { success: true, document, passages: 42 }));
    await waitFor(() => expect(transfers).toHaveLength(2));
    expect(coming()).toEqual(["running"]);
    await waitFor(() => expect(asked("/knowledge/documents")).toHaveLength(2));
  });

  it("that cannot be read say why, in the page's language, and hold up none of the others", async () => {
    chooseLanguage("ar");
    await opened();
    bring("locked.pdf", "c.md");
    await act(async () => transfers[0]?.answer(415, { code: "encrypted", error: "It is protected." }));
    await waitFor(() => expect(coming()).toEqual(["failed", "running"]));
    expect(screen.getByRole("alert").textContent).toBe("هو محمي بكلمة مرور.");
    await act(async () => transfers[1]?.answer(415, { code: "file_refused", error: "Broken." }));
    await waitFor(() => expect(coming()).toEqual(["failed", "failed"]));
    fireEvent.click(screen.getAllByTestId("document-forget")[0] as HTMLElement);
    expect(screen.getByRole("alert").textContent).toBe("الملف تالف أو من نوع لا يمكن قراءته.");
  });

  it("can be called back while they are on their way", async () => {
    await opened();
    bring("a.pdf");
    press("document-forget");
    expect(transfers[0]?.isAborted).toBe(true);
    await waitFor(() => expect(coming()).toEqual([]));
  });

  it("are taken away with their passages, when that was asked once more", async () => {
    answers["DELETE /knowledge/documents/5"] = { document_id: "5" };
    await opened();
    press("document-remove");
    expect(sentTo("DELETE /knowledge/documents/5")).toEqual([]);
    answers["GET /knowledge/documents"] = { documents: [] };
    press("document-remove-confirm");
    expect(await screen.findByText("No documents yet")).toBeDefined();
  });
});
