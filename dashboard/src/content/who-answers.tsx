/** Who answers a conversation, at a glance; of whoever waits: why, for how long, and how long free text can be sent. */
import { Bot, CheckCheck, Clock3, Hourglass, UserRound } from "lucide-react";
import type { ConversationRow } from "../api/types.ts";
import { useLanguage, useText } from "../i18n/index.ts";
import { useNow } from "../lib/now.ts";
import { ago, spanText, until } from "../lib/time.ts";
import { whoAnswers } from "../lib/who-answers.ts";

const ICONS = { bot: Bot, human: UserRound, waiting_human: Hourglass, resolved: CheckCheck };

/** Where the end of the 24 hours is not asked for, it is told when it is near. */
const WINDOW_SOON_MS = 4 * 3_600_000;

interface WhoProps {
  row: ConversationRow;
  operatorId: string;
  testId: string;
  /** Whether to say how long free text can be sent, be it ever so long. */
  hasWindow?: boolean;
}

export function WhoAnswers({ row, operatorId, testId, hasWindow = false }: WhoProps) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const now = useNow();
  const Icon = ICONS[row.status] ?? Bot;
  const isWaiting = row.status === "waiting_human";
  const since = isWaiting ? row.waiting_since : null;
  const words = whoAnswers(row, operatorId, text);
  return (
    <span
      data-testid={testId}
      data-status={row.status}
      data-reason={row.handover_reason ?? ""}
      className={`flex min-w-0 items-center gap-1 text-xs ${isWaiting ? "text-warn" : "text-ink-faint"}`}
    >
      <Icon aria-hidden="true" className="size-3 shrink-0" />
      <span className="truncate" title={since ? `${words} · ${ago(language, since, now)}` : words}>
        {words}
      </span>
      {since && <span className="shrink-0">· {spanText(language, since, now)}</span>}
      {isWaiting && <WindowLeft row={row} now={now} isAsked={hasWindow} />}
    </span>
  );
}

interface WindowProps {
  row: ConversationRow;
  now: Date;
  isAsked: boolean;
}

function WindowLeft({ row: { window_expires_at }, now, isAsked }: WindowProps) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  if (!window_expires_at) return null;
  if (!isAsked && Date.parse(window_expires_at) - now.getTime() > WINDOW_SOON_MS) return null;
  const left = until(language, window_expires_at, now);
  const words = left ? text("window_left", { time: left }) : text("window_over");
  return (
    <span
      role="img"
      aria-label={words}
      title={words}
      data-testid="window-left"
      className={`ms-1 flex shrink-0 items-center gap-0.5 ${left ? "text-ink-faint" : "text-bad"}`}
    >
      <Clock3 aria-hidden="true" className="size-3" />
      {left && spanText(language, window_expires_at, now)}
    </span>
  );
}
