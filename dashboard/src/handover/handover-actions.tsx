/** Take over, give back, end. */
import { Bot, CircleCheck, Hand } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../api/client.ts";
import { type HandoverAction, handOver } from "../api/pages.ts";
import type { Selection } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { placeRow } from "../live/apply.ts";
import { changeLive, useScreen } from "../live/store.ts";
import { Button } from "../ui/button.tsx";

export function HandoverActions({ selected, operatorId }: { selected: Selection; operatorId: string }) {
  const text = useText();
  const row = useScreen((state) => state.live.conversations[selected.conversation_id]);
  const { act, busy, failure } = useHandover(selected);
  if (!row) return null;
  const isMine = row.status === "human" && row.operator_id === operatorId;
  return (
    <>
      {failure && (
        <span role="alert" className="max-w-40 truncate text-bad text-xs" title={failure}>
          {text("handover_failed", { detail: failure })}
        </span>
      )}
      {!isMine && (
        <Button
          look="primary"
          testId="takeover"
          disabled={busy}
          onClick={() => act("takeover")}
          icon={<Hand aria-hidden="true" />}
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
  const [failure, setFailure] = useState<string | null>(null);
  const act = async (action: HandoverAction) => {
    setBusy(true);
    setFailure(null);
    try {
      const { conversation } = await handOver(action, conversation_id, user_id);
      if (conversation) changeLive((live) => placeRow(live, conversation));
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason;
      setFailure(reason.message);
    } finally {
      setBusy(false);
    }
  };
  return { act: (action: HandoverAction) => void act(action), busy, failure };
}
