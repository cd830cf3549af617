/** People's cards: each with its numbers, which can be copied. */
import { Check, Copy } from "lucide-react";
import { useRef, useState } from "react";
import type { Message } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Body } from "./body.tsx";
import { type Card, cardsOf } from "./details.ts";

const COPIED_MS = 1500;

export function Cards({ message }: { message: Message }) {
  const cards = cardsOf(message);
  if (cards.length === 0) return <Body content={message.content} />;
  return (
    <ul className="w-64 max-w-full divide-y divide-line" data-testid="contact-cards">
      {cards.map((card, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the cards of a message never change their places
        <li key={place} className="py-1.5">
          <OneCard card={card} />
        </li>
      ))}
    </ul>
  );
}

function OneCard({ card }: { card: Card }) {
  const text = useText();
  return (
    <>
      <div className="flex items-center gap-2.5">
        <Avatar id={card.phones[0] ?? card.name ?? ""} name={card.name} size="size-10" />
        <div className="min-w-0">
          <p dir="auto" className="plain-line font-medium text-sm">
            {card.name ?? text("type_contacts")}
          </p>
          {card.company && (
            <p dir="auto" className="plain-line text-ink-soft text-xs">
              {card.company}
            </p>
          )}
        </div>
      </div>
      {card.phones.map((phone) => (
        <Copied key={phone} value={phone} label={text("contact_copy_number", { number: phone })} />
      ))}
      {card.emails.map((email) => (
        <Copied key={email} value={email} label={text("contact_copy_email", { email })} />
      ))}
    </>
  );
}

function Copied({ value, label }: { value: string; label: string }) {
  const text = useText();
  const words = useRef<HTMLElement>(null);
  const [outcome, setOutcome] = useState<"copied" | "copy_failed" | null>(null);
  const copy = async () => {
    if (await isInClipboard(value)) {
      setOutcome("copied");
      setTimeout(() => setOutcome(null), COPIED_MS);
    } else {
      setOutcome("copy_failed");
      if (words.current) window.getSelection()?.selectAllChildren(words.current);
    }
  };
  const isCopied = outcome === "copied";
  const Sign = isCopied ? Check : Copy;
  return (
    <>
      <button
        type="button"
        data-testid="copy"
        aria-label={isCopied ? text("copied") : label}
        title={label}
        onClick={() => void copy()}
        className="mt-1 flex w-full items-center justify-between gap-2 rounded-lg bg-ink/5 px-2.5 py-1.5 text-sm hover:bg-ink/10"
      >
        <bdi ref={words} dir="ltr" className="select-text truncate">
          {value}
        </bdi>
        <Sign aria-hidden="true" className="size-4 shrink-0 text-ink-faint" />
      </button>
      {outcome === "copy_failed" && (
        <p role="alert" data-testid="copy-failed" className="mt-1 text-bad text-xs">
          {text("copy_failed")}
        </p>
      )}
    </>
  );
}

/** A page reached by plain http has no clipboard, and a browser may forbid it. */
async function isInClipboard(value: string): Promise<boolean> {
  if (!navigator.clipboard) return false;
  return await navigator.clipboard.writeText(value).then(
    () => true,
    () => false,
  );
}
