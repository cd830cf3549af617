import { render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Message } from "../api/types.ts";
import { message, OMAR, RANA, reply, SARA } from "../house/cast.ts";
import { chooseLanguage } from "../i18n/index.ts";
import { newPending } from "../live/pending.ts";
import { entriesOf } from "./entries.ts";
import { MessageBubble } from "./message-bubble.tsx";
import { RichText } from "./rich-text.tsx";

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

describe("rich text", () => {
  const html = (content: string) => render(<RichText content={content} />).container.innerHTML;

  it("knows WhatsApp's marks", () => {
    expect(html("*bold* _it_ ~no~ `x`")).toMatch(/<strong>bold<\/strong> <em>it<\/em> <s>no<\/s> <code[^>]*>x<\/code>/);
    expect(html("*a _b_*")).toBe("<strong>a <em>b</em></strong>");
  });

  it("leaves alone what only looks like one", () => {
    for (const plain of ["2*3*4", "snake_case_name", "* list", "a * b * c"]) expect(html(plain)).toBe(plain);
  });

  it("links only web addresses, and never runs anything", () => {
    expect(html("see https://example.com/a?b=c.")).toContain('href="https://example.com/a?b=c"');
    expect(html("javascript:alert(1)")).not.toContain("<a");
    expect(html("<img src=x onerror=alert(1)>")).toBe("&lt;img src=x onerror=alert(1)&gt;");
  });
});
