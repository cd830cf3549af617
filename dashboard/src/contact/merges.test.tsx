import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/client.ts";
import * as pages from "../api/pages.ts";
import type { Conversation } from "../api/types.ts";
import { listed } from "../house/cast.ts";
import { chooseLanguage } from "../i18n/index.ts";
import { Merges, otherContacts } from "./merges.tsx";

vi.mock("../api/pages.ts");

const LINA = listed(1, 0, { conversation_id: "1_155501_1", user_id: "1", user_name: "Lina" });
const SAMI = listed(2, 0, { conversation_id: "1_155501_2", user_id: "2", user_name: "Sami" });
const MERGE = {
  merge_id: "9",
  user_id: "1",
  other_user_id: "2",
  told_by: "operator" as const,
  operator_name: "Omar",
  other_name: "Sami",
  other_identities: [],
  merged_at: "2027-01-16T08:00:00Z",
};

function shown(merges = [] as (typeof MERGE)[], chats: Conversation[] = []) {
  vi.mocked(pages.conversationsOf).mockResolvedValue({ conversations: [LINA], total: 1, merges });
  vi.mocked(pages.chatsPage).mockResolvedValue({ chats } as never);
  vi.mocked(pages.mergeContacts).mockResolvedValue({ merge_id: "9" });
  vi.mocked(pages.unmergeContacts).mockResolvedValue({ merge_id: "9" });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Merges row={LINA} />
    </QueryClientProvider>,
  );
}

afterEach(() => {
  cleanup();
  chooseLanguage("en");
  vi.clearAllMocks();
});

describe("contacts that are one person", () => {
  it("are searched, chosen and confirmed before anything happens", async () => {
    shown([], [LINA, SAMI]);
    fireEvent.click(screen.getByTestId("merge"));
    fireEvent.change(screen.getByTestId("merge-search"), { target: { value: "sa" } });
    fireEvent.click(await screen.findByTestId("merge-choice"));
    expect(pages.mergeContacts).not.toHaveBeenCalled();
    fireEvent.click(screen.getByTestId("merge-confirm"));
    await waitFor(() => expect(pages.mergeContacts).toHaveBeenCalledWith("1", "2"));
    await screen.findByTestId("merge");
  });

  it("cannot be one twice, and the page says so in its own language", async () => {
    shown([MERGE]);
    vi.mocked(pages.unmergeContacts).mockRejectedValue(new ApiError(409, "same_contact", "They are one already."));
    fireEvent.click(await screen.findByTestId("unmerge"));
    expect((await screen.findByRole("alert")).textContent).toContain("They are one already.");
    act(() => chooseLanguage("ar"));
    expect(screen.getByRole("alert").textContent).not.toMatch(/[a-z]/i);
  });

  it("are told apart again with one click", async () => {
    shown([MERGE]);
    fireEvent.click(await screen.findByTestId("unmerge"));
    await waitFor(() => expect(pages.unmergeContacts).toHaveBeenCalledWith("9"));
    expect(screen.getByTestId("merge-made").textContent).toContain("Sami");
  });

  it("are offered each once, and not the one on screen", () => {
    const second = { ...SAMI, conversation_id: "1_155509_2" };
    expect(otherContacts([LINA, SAMI, second], "1").map((chat) => chat.user_id)).toEqual(["2"]);
  });

  it("speak Arabic", async () => {
    chooseLanguage("ar");
    shown([MERGE]);
    expect((await screen.findByTestId("unmerge")).textContent).toBe("تراجع");
    chooseLanguage("en");
  });
});
