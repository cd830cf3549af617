/** One conversation in the list: who, what last, when, who answers, what is unread. */
import { memo } from "react";
import { Link } from "wouter";
import type { Conversation } from "../api/types.ts";
import { Marks } from "../content/marks.tsx";
import { previewOf } from "../content/preview.ts";
import { WhoAnswers } from "../content/who-answers.tsx";
import { useLanguage, useText } from "../i18n/index.ts";
import { displayName } from "../lib/names.ts";
import { useNow } from "../lib/now.ts";
import { readPlace, writePlace } from "../lib/place.ts";
import { listTime, moment } from "../lib/time.ts";
import { useDrafts } from "../live/drafts.ts";
import { useScreen } from "../live/store.ts";
import { Avatar } from "../ui/avatar.tsx";
import { StatusTicks } from "../ui/status-ticks.tsx";
import { TypeIcon } from "../ui/type-icon.tsx";
import { ColleagueMark } from "./colleague-mark.tsx";

interface RowProps {
  id: string;
  isSelected: boolean;
  operatorId: string;
  /** In the queue it matters how long free text can be sent. */
  isQueued: boolean;
}

export const ConversationRow = memo(function ConversationRow(props: RowProps) {
  const { id, isSelected, operatorId, isQueued } = props;
  const row = useScreen((state) => state.live.conversations[id]);
  const text = useText();
  const language = useLanguage((state) => state.language);
  const now = useNow();
  if (!row) return null;
  const name = displayName(row) ?? text("unknown_customer");
  const isUnread = row.unread_count === null || row.unread_count > 0;
  return (
    <Link
      href={addressOf(row)}
      data-testid="conversation-row"
      data-conversation-id={row.conversation_id}
      data-status={row.status}
      data-unread={row.unread_count ?? ""}
      aria-current={isSelected ? "true" : undefined}
      className={`flex h-full items-center gap-3 rounded-2xl px-2.5 ${isSelected ? "bg-chosen" : "hover:bg-raised"}`}
    >
      <Avatar id={row.user_id} name={row.user_name} />
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-2">
          <span dir="auto" className={`plain-line min-w-0 flex-1 ${isUnread ? "font-semibold" : "font-medium"}`}>
            {name}
          </span>
          <time
            dateTime={row.last_activity}
            title={moment(language, row.last_activity)}
            className={`shrink-0 text-xs ${isUnread ? "font-medium text-accent" : "text-ink-faint"}`}
          >
            {listTime(language, row.last_activity, now)}
          </time>
        </span>
        <span className="flex items-center gap-2">
          <Preview row={row} />
          <Unread count={row.unread_count} />
        </span>
        <span className="flex items-center gap-2">
          <span className="flex min-w-0 flex-1">
            <WhoAnswers row={row} operatorId={operatorId} testId="who-answers" hasWindow={isQueued} />
          </span>
          <Marks row={row} tags_max={1} />
          <ColleagueMark conversation_id={row.conversation_id} />
        </span>
      </span>
    </Link>
  );
});

/** The link keeps the list's filters. */
function addressOf({ user_id, conversation_id }: Conversation): string {
  return writePlace({ ...readPlace("/", window.location.search), selected: { user_id, conversation_id } });
}

function Preview({ row }: { row: Conversation }) {
  const text = useText();
  const draft = useDrafts((drafts) => drafts[row.conversation_id]?.text);
  const last = row.last_message;
  return (
    <span className="flex min-w-0 flex-1 items-center gap-1 text-ink-soft text-sm">
      {draft && <span className="shrink-0 text-bad">{text("draft")}:</span>}
      {!draft && last && !last.is_user && <StatusTicks status={last.status} />}
      {!draft && last && <TypeIcon type={last.type} className="size-3.5 shrink-0" />}
      <span dir="auto" className="plain-line min-w-0 flex-1">
        {draft ?? (last ? (last.deleted ? text("message_deleted") : previewOf(last, text)) : "")}
      </span>
    </span>
  );
}

function Unread({ count }: { count: number | null }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  if (count === 0) return null;
  const label = count === null ? text("unread_some") : text("unread", { count });
  return (
    <span
      role="img"
      aria-label={label}
      data-testid="unread"
      className={`grid shrink-0 place-items-center rounded-full bg-accent font-semibold text-accent-ink text-xs tabular-nums ${count === null ? "size-2.5" : "h-5 min-w-5 px-1.5"}`}
    >
      {count === null ? "" : count > 99 ? `${(99).toLocaleString(language)}+` : count.toLocaleString(language)}
    </span>
  );
}
