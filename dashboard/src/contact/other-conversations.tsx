/** All conversations of one person, whichever of the business's numbers they go through. */
import { Link } from "wouter";
import type { Conversation } from "../api/types.ts";
import { previewOf } from "../content/preview.ts";
import { useText } from "../i18n/desk.ts";
import { useLanguage } from "../i18n/index.ts";
import { useNow } from "../lib/now.ts";
import { readPlace, writePlace } from "../lib/place.ts";
import { listTime } from "../lib/time.ts";
import { useScreen } from "../live/store.ts";
import { useClient } from "./client.ts";

/** Nothing is shown of a person who has only this one. */
export function OtherConversations({ row }: { row: Conversation }) {
  const text = useText();
  const data = useClient(row.user_id);
  const others = (data?.conversations ?? []).filter(({ conversation_id }) => conversation_id !== row.conversation_id);
  if (others.length === 0) return null;
  return (
    <section aria-label={text("other_conversations")} data-testid="other-conversations" className="mt-6">
      <h3 className="mb-1 text-ink-faint text-xs">{text("other_conversations")}</h3>
      <ul>
        {others.map((other) => (
          <Other key={other.conversation_id} other={other} />
        ))}
      </ul>
    </section>
  );
}

function Other({ other: found }: { other: Conversation }) {
  // What has happened since is known here, if the conversation is held at all.
  const other = useScreen((state) => state.live.conversations[found.conversation_id]) ?? found;
  const text = useText();
  const language = useLanguage((state) => state.language);
  const now = useNow();
  const { user_id, conversation_id, channel, last_message } = other;
  const selected = { user_id, conversation_id };
  return (
    <li>
      <Link
        href={writePlace({ ...readPlace("/", window.location.search), selected })}
        data-testid="other-conversation"
        data-conversation-id={conversation_id}
        className="-mx-2 block rounded-xl px-2 py-1.5 text-sm hover:bg-raised"
      >
        <span className="flex items-baseline gap-2">
          <span dir="auto" className="plain-line min-w-0 flex-1 font-medium">
            {channel.name ?? channel.display_phone_number ?? channel.phone_number_id}
          </span>
          <time dateTime={other.last_activity} className="shrink-0 text-ink-faint text-xs">
            {listTime(language, other.last_activity, now)}
          </time>
        </span>
        <span dir="auto" className="plain-line block text-ink-soft text-xs">
          {last_message && (last_message.deleted ? text("message_deleted") : previewOf(last_message, text))}
        </span>
      </Link>
    </li>
  );
}
