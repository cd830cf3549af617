import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../api/client.ts";
import * as pages from "../api/pages.ts";
import { listed } from "../house/cast.ts";
import { chooseLanguage } from "../i18n/index.ts";
import { Known } from "./known.tsx";

vi.mock("../api/pages.ts");

const LINA = listed(1, 0, { conversation_id: "1_155501_1", user_id: "1", user_name: "Lina" });
const NUTS = { fact_id: "2", fact: "Allergic to nuts", noted_at: "2027-01-16T08:00:00Z" };
const DOG = { fact_id: "1", fact: "Has a dog", noted_at: "2027-01-15T08:00:00Z" };

function shown(facts = [NUTS, DOG]) {
  vi.mocked(pages.factsOf).mockResolvedValue({ facts });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const at = (version: number) => (
    <QueryClientProvider client={client}>
      <Known row={{ ...LINA, version }} />
    </QueryClientProvider>
  );
  const { rerender } = render(at(5));
  return (version: number) => rerender(at(version));
}

const told = () => screen.queryAllByTestId("fact").map((one) => one.querySelector("span span")?.textContent);

afterEach(() => {
  cleanup();
  chooseLanguage("en");
  vi.clearAllMocks();
});

describe("what the assistant has noted about a customer", () => {
  it("is shown, and known no more once somebody takes it back", async () => {
    shown();
    await screen.findByTestId("known");
    expect(told()).toEqual(["Allergic to nuts", "Has a dog"]);
    vi.mocked(pages.forgetFact).mockResolvedValue({ facts: [DOG] });
    fireEvent.click(screen.getByLabelText(/^Forget .*Allergic to nuts/));
    await waitFor(() => expect(told()).toEqual(["Has a dog"]));
    expect(pages.forgetFact).toHaveBeenCalledWith("1", "2");
  });

  it("is asked anew when the conversation's row is a newer one", async () => {
    const becomes = shown([DOG]);
    await screen.findByTestId("known");
    vi.mocked(pages.factsOf).mockResolvedValue({ facts: [NUTS, DOG] });
    becomes(6);
    await waitFor(() => expect(told()).toEqual(["Allergic to nuts", "Has a dog"]));
  });

  it("stays, and it is said why, where it could not be taken back", async () => {
    shown();
    await screen.findByTestId("known");
    vi.mocked(pages.forgetFact).mockRejectedValue(new ApiError(503, "unavailable", "Try again in a moment."));
    fireEvent.click(screen.getAllByRole("button")[0] as HTMLElement);
    expect((await screen.findByRole("alert")).textContent).toBe("Try again in a moment.");
    expect(told()).toHaveLength(2);
  });

  it("takes no place where nothing was noted", async () => {
    shown([]);
    await waitFor(() => expect(pages.factsOf).toHaveBeenCalled());
    expect(screen.queryByTestId("known")).toBeNull();
  });
});
