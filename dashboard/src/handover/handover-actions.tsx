/** Take over, give back, end; the first two by one key each. */
import { Bot, CircleCheck, Hand } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "../api/client.ts";
import { type HandoverAction, handOver } from "../api/pages.ts";
import type { Selection } from "../api/types.ts";
import { useReason } from "../content/reasons.ts";
import { useText } from "../i18n/index.ts";
import { isTyping, letterOf } from "../lib/keys.ts";
import { placeRow } from "../live/apply.ts";
import { changeLive, useScreen } from "../live/store.ts";
import { Button } from "../ui/button.tsx";

const TAKEOVER_KEY = "T";
const RELEASE_KEY = "G";

export function HandoverActions({ selected, operatorId }: { selected: Selection; operatorId: string }) {
  const text = useText();
  const row = useScreen((state) => state.live.conversations[selected.conversation_id]);
  const { act, busy, failure } = useHandover(selected);
  const reason = useReason("failure", failure);
  const isMine = row?.status === "human" && row.operator_id === operatorId;
  useKey(TAKEOVER_KEY, row && !isMine && !busy ? () => act("takeover", focusComposer) : null);
  useKey(RELEASE_KEY, row?.status === "human" && !busy ? () => act("release") : null);
  if (!row) return null;
  return (
    <>
      {failure && (
        <span role="alert" className="max-w-40 truncate text-bad text-xs" title={reason ?? undefined}>
          {text("handover_failed", { detail: reason ?? "" })}
        </span>
      )}
      {!isMine && (
        <Button
          look="primary"
          testId="takeover"
          disabled={busy}
          onClick={() => act("takeover")}
          icon={<Hand aria-hidden="true" />}
          shortcut={withAlt(TAKEOVER_KEY)}
          shrinks
        >
          {text("takeover")}
        </Button>
      )}
      {row.status === "human" && (
        <Button
          testId="release"
          disabled={busy}
          onClick={() => act("release")}
          icon={<Bot aria-hidden="true" />}
          shortcut={withAlt(RELEASE_KEY)}
          shrinks
        >
          {text("release")}
        </Button>
      )}
      {row.status !== "resolved" && (
        <Button
          testId="end"
          disabled={busy}
          onClick={() => act("end-conversation")}
          icon={<CircleCheck aria-hidden="true" />}
          shrinks
        >
          {text("end")}
        </Button>
      )}
    </>
  );
}

function useHandover({ conversation_id, user_id }: Selection) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const act = async (action: HandoverAction, then?: () => void) => {
    setBusy(true);
    setFailure(null);
    try {
      const { conversation } = await handOver(action, conversation_id, user_id);
      if (conversation) changeLive((live) => placeRow(live, conversation));
      then?.();
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason;
      setFailure(reason);
    } finally {
      setBusy(false);
    }
  };
  return { act: (action: HandoverAction, then?: () => void) => void act(action, then), busy, failure };
}

/**
 * A key of the whole page, while nobody types and no window is open; with Alt also while somebody types, whose plain
 * letters are text. Without anything to do it is left to others.
 */
function useKey(letter: string, act: (() => void) | null): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey) return;
      if (letterOf(event) !== letter.toLowerCase() || !latest.current) return;
      if (isTyping(event.target) && !event.altKey) return;
      if (document.querySelector("dialog[open]")) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [letter]);
}

function withAlt(letter: string): string {
  return `${letter} Alt+${letter}`;
}

/** Whoever takes a conversation over by key goes on to write. */
function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>("[data-testid=composer]")?.focus();
}
