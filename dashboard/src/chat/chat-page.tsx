/** The middle pane: whose conversation it is, its messages, and the place to answer. */
import { ArrowLeft, Info } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { ApiError } from "../api/client.ts";
import type { Conversation, Operator, Selection } from "../api/types.ts";
import { Marks } from "../content/marks.tsx";
import { WhoAnswers } from "../content/who-answers.tsx";
import { useText } from "../i18n/index.ts";
import { displayName } from "../lib/names.ts";
import { openThread } from "../live/load.ts";
import { useScreen } from "../live/store.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { AlsoHere, AlsoHereFaces } from "./also-here.tsx";
import { MessageList } from "./message-list.tsx";

interface ChatPageProps {
  selected: Selection;
  operator: Operator;
  actions: ReactNode;
  composer: ReactNode;
  onBack: () => void;
  onDetails: () => void;
}

export function ChatPage({ selected, operator, actions, composer, onBack, onDetails }: ChatPageProps) {
  const text = useText();
  const row = useScreen((state) => state.live.conversations[selected.conversation_id]);
  const hasThread = useScreen((state) => state.live.threads[selected.conversation_id] !== undefined);
  const { failure, retry } = useOpening(selected, hasThread);
  return (
    <section
      className="flex min-w-0 flex-1 flex-col"
      data-testid="conversation"
      data-conversation-id={selected.conversation_id}
    >
      <header className="flex min-h-16 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b bg-surface px-2 py-1.5 sm:px-4">
        <IconButton label={text("back")} testId="back" onClick={onBack} className="sm:hidden">
          <ArrowLeft className="rtl:-scale-x-100" />
        </IconButton>
        {row ? <Person row={row} operatorId={operator.operator_id} /> : <span className="flex-1" />}
        <AlsoHere conversation_id={selected.conversation_id} />
        <div className="ms-auto flex items-center gap-1.5">
          {actions}
          <IconButton label={text("details")} testId="details" onClick={onDetails}>
            <Info />
          </IconButton>
        </div>
      </header>
      {hasThread ? (
        <MessageList selected={selected} operator={operator} />
      ) : (
        <div className="chat-ground grid min-h-0 flex-1 place-items-center">
          {failure && <Failure failure={failure} retry={retry} />}
        </div>
      )}
      {hasThread && composer}
    </section>
  );
}

/** Reads the conversation when it is opened, and again when a reload has dropped it. */
function useOpening(selected: Selection, hasThread: boolean) {
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);
  const { user_id, conversation_id } = selected;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` and `hasThread` are reasons to try again
  useEffect(() => {
    setFailure(null);
    openThread({ user_id, conversation_id }).catch((reason) => {
      if (!(reason instanceof ApiError)) throw reason;
      setFailure(reason);
    });
  }, [user_id, conversation_id, hasThread, attempt]);
  return { failure, retry: () => setAttempt((count) => count + 1) };
}

function Person({ row, operatorId }: { row: Conversation; operatorId: string }) {
  const text = useText();
  return (
    <div className="flex min-w-0 flex-1 items-center gap-3">
      <Avatar id={row.user_id} name={row.user_name} size="size-10" />
      <div className="min-w-0">
        <h2 dir="auto" className="plain-line font-semibold leading-snug">
          {displayName(row) ?? text("unknown_customer")}
        </h2>
        <div className="flex items-center gap-1.5">
          <AlsoHereFaces conversation_id={row.conversation_id} />
          <WhoAnswers row={row} operatorId={operatorId} testId="conversation-status" />
          {/* A phone has no room for them here; the details tell them. */}
          <span className="flex max-sm:hidden">
            <Marks row={row} tags_max={2} />
          </span>
        </div>
      </div>
    </div>
  );
}

function Failure({ failure, retry }: { failure: ApiError; retry: () => void }) {
  const text = useText();
  const isMissing = failure.status === 404 || failure.status === 422;
  return (
    <EmptyState title={text(isMissing ? "chat_missing" : "error_network")}>
      {!isMissing && <Button onClick={retry}>{text("try_again")}</Button>}
    </EmptyState>
  );
}
