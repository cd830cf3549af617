/** Who the customer is, and what WhatsApp allows just now. */
import { X } from "lucide-react";
import type { ReactNode } from "react";
import type { Conversation } from "../api/types.ts";
import { Continued } from "../content/continued.tsx";
import { useText } from "../i18n/desk.ts";
import { useLanguage } from "../i18n/index.ts";
import { languageName } from "../lib/languages.ts";
import { displayName, listed } from "../lib/names.ts";
import { useNow } from "../lib/now.ts";
import { until } from "../lib/time.ts";
import { useScreen } from "../live/store.ts";
import { Avatar } from "../ui/avatar.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Known } from "./known.tsx";
import { Merges } from "./merges.tsx";
import { OtherConversations } from "./other-conversations.tsx";

export default function ContactPanel({ conversationId, onClose }: { conversationId: string; onClose: () => void }) {
  const text = useText();
  const row = useScreen((state) => state.live.conversations[conversationId]);
  return (
    <aside
      aria-label={text("details")}
      data-testid="contact-panel"
      className="absolute inset-y-0 end-0 z-10 w-full overflow-y-auto border-line border-s bg-surface p-4 shadow-xl sm:w-80 xl:static xl:shrink-0 xl:shadow-none"
    >
      <div className="flex justify-end">
        <IconButton small label={text("details_close")} onClick={onClose}>
          <X />
        </IconButton>
      </div>
      {row && <Facts row={row} />}
      {row && <Known row={row} />}
      {row && <OtherConversations row={row} />}
      {row && <Merges row={row} />}
    </aside>
  );
}

function Facts({ row }: { row: Conversation }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const { identities = [], username } = row.customer_info ?? {};
  return (
    <>
      <div className="mb-6 flex flex-col items-center gap-3 text-center">
        <Avatar id={row.user_id} name={row.user_name} size="size-20 text-2xl" />
        <h2 dir="auto" className="font-semibold text-lg">
          {displayName(row) ?? text("unknown_customer")}
        </h2>
        <Continued row={row} />
      </div>
      <dl className="space-y-4 text-sm">
        {row.user_phone && (
          <Fact name={text("details_phone")}>
            <bdi dir="ltr">{row.user_phone}</bdi>
          </Fact>
        )}
        {username && (
          <Fact name={text("details_username")}>
            <bdi dir="ltr">@{username}</bdi>
          </Fact>
        )}
        <Fact name={text("details_channel")}>
          {row.channel.name} <bdi dir="ltr">{row.channel.display_phone_number ?? row.channel.phone_number_id}</bdi>
        </Fact>
        <Fact name={text("details_messages")}>{row.message_count.toLocaleString(language)}</Fact>
        <FreeAnswers row={row} />
        {row.language && <Fact name={text("details_language")}>{languageName(language, row.language)}</Fact>}
        {row.sentiment && <Fact name={text("details_mood")}>{text(`mood_${row.sentiment}`)}</Fact>}
        {row.tags?.length > 0 && <Fact name={text("details_tags")}>{listed(language, row.tags)}</Fact>}
        {identities.length > 0 && (
          <Fact name={text("details_identities")}>
            {identities.map(({ kind, value, former }) => (
              <span
                key={`${kind} ${value}`}
                data-testid="identity"
                className={`block break-all text-xs ${former ? "text-ink-faint" : "text-ink-soft"}`}
              >
                <bdi dir="ltr">
                  {kind}: {value}
                </bdi>
                {former && ` · ${text("identity_former")}`}
              </span>
            ))}
          </Fact>
        )}
      </dl>
    </>
  );
}

function FreeAnswers({ row }: { row: Conversation }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const now = useNow();
  if (!row.window_expires_at) return null;
  const left = until(language, row.window_expires_at, now);
  return (
    <Fact name={text("details_window")}>
      {left ? (
        text("details_window_left", { time: left })
      ) : (
        <span className="text-warn">{text("details_window_closed")}</span>
      )}
    </Fact>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-ink-faint text-xs">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
