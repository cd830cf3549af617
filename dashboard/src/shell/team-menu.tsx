/** Which colleagues are online, how they are, and where they look. */
import { Users } from "lucide-react";
import { useRef } from "react";
import { Link } from "wouter";
import type { Colleague } from "../api/types.ts";
import { useText } from "../i18n/index.ts";
import { displayName } from "../lib/names.ts";
import { readPlace, writePlace } from "../lib/place.ts";
import { useOnline } from "../live/colleagues.ts";
import { useScreen } from "../live/store.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Badge } from "../ui/badge.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { STATUS_DOT } from "./status-dot.ts";

export function TeamMenu() {
  const text = useText();
  const online = useOnline();
  const panel = useRef<HTMLDivElement>(null);
  return (
    <>
      <IconButton
        label={`${text("team")}. ${text("team_online", { count: online.length })}`}
        testId="team"
        onClick={() => panel.current?.togglePopover()}
      >
        <span className="relative">
          <Users aria-hidden="true" className="size-5" />
          {online.length > 0 && <Badge testId="team-count" look="bg-accent" text={String(online.length)} />}
        </span>
      </IconButton>
      {/* A popover of the browser's own: it closes by Escape and by a click beside it, and stands above everything. */}
      <div
        ref={panel}
        popover="auto"
        data-testid="team-panel"
        className="fixed inset-auto start-2 end-2 bottom-16 m-0 max-h-[70dvh] w-auto overflow-y-auto rounded-3xl border border-line bg-surface p-4 text-ink shadow-xl sm:start-[4.5rem] sm:end-auto sm:bottom-4 sm:w-80"
      >
        <h2 className="mb-1 font-semibold">{text("team")}</h2>
        <p className="mb-3 text-ink-faint text-xs">{text("team_online", { count: online.length })}</p>
        <ul className="space-y-1">
          {online.map((colleague) => (
            <li key={colleague.operator_id} data-testid="colleague" data-operator-id={colleague.operator_id}>
              <Person colleague={colleague} onLeave={() => panel.current?.hidePopover()} />
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

function Person({ colleague, onLeave }: { colleague: Colleague; onLeave: () => void }) {
  const text = useText();
  const { operator_id, name, status, conversation_id } = colleague;
  const row = useScreen((state) => state.live.conversations[conversation_id ?? ""]);
  return (
    <div className="flex items-center gap-3 py-1">
      <span className="relative">
        <Avatar id={`operator ${operator_id}`} name={name} size="size-9 text-xs" />
        <span
          className={`absolute -end-0.5 -bottom-0.5 size-3 rounded-full border-2 border-surface ${STATUS_DOT[status]}`}
        />
      </span>
      <div className="min-w-0 flex-1 text-sm">
        <p dir="auto" className="plain-line font-medium">
          {name}
        </p>
        <p className="truncate text-ink-faint text-xs">
          {text(`operator_status_${status}`)}
          {row && (
            <>
              {" · "}
              <Link
                href={writePlace({
                  ...readPlace("/", window.location.search),
                  selected: { user_id: row.user_id, conversation_id: row.conversation_id },
                })}
                onClick={onLeave}
                className="text-accent hover:underline"
              >
                <bdi>{displayName(row) ?? text("unknown_customer")}</bdi>
              </Link>
            </>
          )}
        </p>
      </div>
    </div>
  );
}
