/** Where the thread goes on, of two that turned out to be one customer's: nothing new can be written in the other. */
import { Link } from "wouter";
import type { Conversation } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { readPlace, writePlace } from "../lib/place.ts";
import { carryOn } from "../live/outbox.ts";

export function Continued({ row }: { row: Conversation }) {
  const text = useText();
  if (!row.continued_in) return null;
  const selected = { user_id: row.user_id, conversation_id: row.continued_in };
  return (
    <p className="rounded-xl bg-raised px-3 py-2 text-center text-sm">
      {text("continued")}{" "}
      <Link
        href={writePlace({ ...readPlace("/", window.location.search), selected })}
        data-testid="continued-in"
        onClick={() => carryOn(row)}
        className="font-medium text-accent underline"
      >
        {text("continued_open")}
      </Link>
    </p>
  );
}
