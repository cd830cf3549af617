import { cleanup, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Message } from "../api/types.ts";
import { answered, handedOver, message, OMAR, RANA, reply, SARA } from "../house/cast.ts";
import "../i18n/desk.ts";
import { chooseLanguage } from "../i18n/index.ts";
import { newPending } from "../live/pending.ts";
import { placeMessage } from "../live/thread.ts";
import { entriesOf } from "./entries.ts";
import { MessageBubble } from "./message-bubble.tsx";

const pending = newPending(
  { conversation_id: RANA, user_id: "7", content: "hi", reply_preview: null, seen_sequence: 2 },
  "client-1",
  new Date("2027-01-16T08:00:00Z"),
);
const keys = (messages: Message[], waiting = [pending]) =>
  entriesOf(messages, waiting, SARA, true).flatMap((entry) => (entry.kind === "message" ? [entry.key] : []));

describe("the entries of a conversation", () => {
  it("end with what is still on its way, and hold it once", () => {
    expect(keys([message(1), message(2)]).slice(-2)).toEqual(["wamid.2", "client-1"]);
    const arrived = reply(3, { client_message_id: "client-1" });
    expect(keys([message(1), arrived]).filter((key) => key === "client-1")).toHaveLength(1);
  });

  it("keep the bubble's key when it becomes a message", () => {
    expect(keys([reply(3, { client_message_id: "client-1" })], [])).toContain("client-1");
  });

  it("divide days, and never go back to one", () => {
    const at = (sequence: number, timestamp: string) => message(sequence, { timestamp });
    const days = entriesOf(
      [
        at(1, "2027-01-14T10:00:00Z"),
        at(2, "2027-01-15T10:00:00Z"),
        at(3, "2027-01-14T11:00:00Z"),
        at(4, "2027-01-15T12:00:00Z"),
      ],
      [],
      SARA,
      true,
    ).filter((entry) => entry.kind === "day");
    expect(days).toHaveLength(2);
  });
});

function bubble(entry: Message) {
  const noop = vi.fn();
  return render(
    <MessageBubble
      message={entry}
      pending={null}
      isFirstOfGroup
      isLastOfGroup
      isOwn={false}
      isFlashed={false}
      onQuote={noop}
      onTrace={noop}
    />,
  );
}

it("a divider does not stand where the day may not begin", () => {
  expect(entriesOf([message(1), message(2)], [], SARA, false).map((entry) => entry.kind)).toEqual([
    "message",
    "message",
  ]);
  expect(entriesOf([message(1), message(2)], [], SARA, true)[0]?.kind).toBe("day");
});

describe("a bubble", () => {
  it.each([
    ["queued", "On its way"],
    ["sent", "Sent"],
    ["delivered", "Delivered"],
    ["read", "Read"],
    ["failed", "Not sent"],
    ["unknown", "Checking with WhatsApp…"],
  ] as const)("shows how far it got: %s", (status, label) => {
    bubble(reply(3, { status }));
    expect(screen.getByTestId("message").dataset.status).toBe(status);
    expect(screen.getByRole("img", { name: label })).toBeDefined();
  });

  it("gives the reason of a failure", () => {
    bubble(reply(3, { status: "failed", error: { code: 131047, message: "The window is closed" } }));
    expect(screen.getByTestId("failure-reason").textContent).toBe("Not sent: The window is closed");
  });

  it("gives the reason in the page's language where it has words for it, else as it was told", () => {
    chooseLanguage("ar");
    bubble(reply(3, { status: "failed", error: { code: 131047, message: "The window is closed" } }));
    expect(screen.getByTestId("failure-reason").textContent).toContain("24 ساعة");
    cleanup();
    bubble(reply(3, { status: "failed", error: { code: 424242, message: "Out of flour" } }));
    expect(screen.getByTestId("failure-reason").textContent).toContain("Out of flour");
    chooseLanguage("en");
  });

  it("never goes back from what is known, whatever comes late", () => {
    const read = reply(3, { status: "read", version: 9 });
    const thread = { messages: [read], complete: true, next_before: null, fetched: true };
    for (const status of ["queued", "sending", "sent", "delivered", "failed", "unknown"] as const) {
      const [shown] = placeMessage(thread, reply(3, { status, version: 8 })).messages;
      bubble(shown as Message);
      expect(screen.getByLabelText("Read"), status).toBeDefined();
      cleanup();
    }
  });

  it("says of one whose fate nobody knows from when on a person may decide", () => {
    const decide_after = new Date(Date.now() + 60_000).toISOString();
    bubble(reply(3, { status: "unknown", error: { code: "unknown_outcome", message: "lost", decide_after } }));
    expect(screen.getByTestId("unknown-outcome").textContent).toMatch(/from \d+:\d\d\s[AP]M on you can decide/);
    cleanup();
    const past = new Date(Date.now() - 1000).toISOString();
    bubble(reply(3, { status: "unknown", error: { code: "unknown_outcome", message: "lost", decide_after: past } }));
    expect(screen.queryByTestId("unknown-outcome")).toBeNull();
    expect(screen.getByTestId("unsettled")).toBeDefined();
  });

  it("says of ticks that are guesses that they are", () => {
    bubble(reply(3, { status: "delivered", metadata: { ticks: "best_effort" } }));
    expect(screen.getByRole("img", { name: "Delivered (as far as can be told)" })).toBeDefined();
    cleanup();
    bubble(reply(3, { status: "sent", metadata: { ticks: "best_effort" } }));
    expect(screen.getByRole("img", { name: "Sent" })).toBeDefined();
  });

  it("says what has come that may be a message of which nobody knows", () => {
    const error = { code: "unknown_outcome", message: "lost", perhaps: "delivered" } as const;
    bubble(reply(3, { status: "unknown", error }));
    expect(screen.getByTestId("unknown-outcome").textContent?.replace(/[\u2068\u2069]/g, "")).toBe(
      "A message to this customer that may be this one: Delivered.",
    );
  });

  it("says whose a reaction is", () => {
    const timestamp = "2027-01-15T10:00:00Z";
    const reactions = ["user", "business"].map((from) => ({ emoji: "❤️", from, timestamp }));
    bubble(message(3, { reactions }));
    const label = screen
      .getByTestId("reactions")
      .getAttribute("aria-label")
      ?.replace(/[\u2068\u2069]/g, "");
    expect(label).toBe("Reactions: ❤️ Customer and You");
  });

  it("says why a reaction was taken back", () => {
    const refused = { emoji: "❤️", code: "131026", message: "The customer is not on WhatsApp." };
    bubble(message(3, { metadata: { reaction_error: refused } }));
    expect(screen.getByTestId("reaction-refused").textContent?.replace(/[\u2068\u2069]/g, "")).toBe(
      "❤️ did not reach the customer. The customer is not on WhatsApp.",
    );
  });

  it("says who wrote it, and that it came from the phone", () => {
    bubble(reply(3, { operator_id: OMAR.operator_id, operator_name: OMAR.name }));
    expect(screen.getByText("Omar")).toBeDefined();
    bubble(reply(4, { handled_by: "phone", origin: "echo" }));
    expect(screen.getByTestId("echo-mark")).toBeDefined();
  });

  it("shows no content of a deleted message", () => {
    bubble(message(3, { content: "secret", deleted_at: "2027-01-15T10:00:00Z" }));
    expect(screen.queryByText("secret")).toBeNull();
    expect(screen.getByTestId("deleted-mark")).toBeDefined();
  });

  it("shows a kind it does not know with its JSON", () => {
    bubble(message(3, { type: "unsupported", content: "", metadata: { raw: { type: "poll" } } }));
    expect(screen.getByText(/"type": "poll"/)).toBeDefined();
  });

  it("of the assistant says where its answer comes from, as soon as that part is there", async () => {
    bubble(answered(3));
    expect((await screen.findByTestId("sources")).textContent).toContain("When are you open?");
    cleanup();
    bubble(answered(3, { deleted_at: "2027-01-15T10:00:00Z" }));
    expect(screen.queryByTestId("answer-foot")).toBeNull();
  });

  it("is none of a hand-over, which is a line of its own; other lines are as they were", async () => {
    bubble(handedOver(3));
    expect((await screen.findByTestId("handover-line")).dataset.reason).toBe("unsure");
    cleanup();
    bubble(message(4, { role: "system", is_user: false, content: "A new day" }));
    expect(screen.getByText("A new day")).toBeDefined();
    expect(screen.queryByTestId("handover-line")).toBeNull();
  });

  it("turns by its own text, whatever the page's direction", () => {
    chooseLanguage("ar");
    bubble(message(3, { content: "Hello" }));
    expect(screen.getByTestId("message-text").getAttribute("dir")).toBe("auto");
    chooseLanguage("en");
  });

  it("counts equal reactions together", () => {
    const heart = { emoji: "❤️", timestamp: "2027-01-15T10:00:00Z" };
    bubble(
      message(3, {
        reactions: [
          { ...heart, from: "user" },
          { ...heart, from: "1" },
        ],
      }),
    );
    expect(screen.getByTestId("reactions").textContent).toBe("❤️2");
  });
});
