/** The reactions on a message, equal ones counted together; whose they are is told to whoever asks. */
import type { Message, Reaction } from "../api/types.ts";
import { object, words } from "../content/reading.ts";
import { useReason } from "../content/reasons.ts";
import { type Translate, useLanguage, useText } from "../i18n/index.ts";
import { listed } from "../lib/names.ts";
import { useCapabilities } from "../live/channels.ts";
import { useTakeBack } from "./react.ts";

export function Reactions({ message }: { message: Message }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const { takeBack, failure } = useTakeBack(message);
  if (message.deleted_at) return null;
  if (message.reactions.length === 0) return <Refused message={message} />;
  const byEmoji = new Map<string, string[]>();
  for (const reaction of message.reactions) {
    byEmoji.set(reaction.emoji, [...(byEmoji.get(reaction.emoji) ?? []), authorOf(reaction, text)]);
  }
  return (
    <>
      <ul
        aria-label={`${text("reactions")}: ${[...byEmoji].map(([emoji, names]) => `${emoji} ${listed(language, names)}`).join(", ")}`}
        data-testid="reactions"
        className={`-mt-1 relative flex flex-wrap gap-1 px-2 ${message.is_user ? "" : "justify-end"}`}
      >
        {[...byEmoji].map(([emoji, names]) => (
          <li
            key={emoji}
            title={listed(language, names)}
            className="flex items-center gap-1 rounded-full border border-line bg-surface px-1.5 text-sm leading-6 shadow-xs"
          >
            <Emoji message={message} emoji={emoji} onTakeBack={takeBack} />
            {names.length > 1 && <span className="text-ink-soft text-xs">{names.length.toLocaleString(language)}</span>}
          </li>
        ))}
      </ul>
      {failure && (
        <p role="alert" data-testid="reaction-failure" className="plain-direction px-2 text-bad text-xs" dir="auto">
          {failure}
        </p>
      )}
      <Refused message={message} />
    </>
  );
}

/** Why our last reaction did not reach the customer; it was taken back. */
function Refused({ message }: { message: Message }) {
  const text = useText();
  const { emoji, code, message: told } = object(message.metadata.reaction_error);
  const said = words(emoji);
  const reason = useReason("failure", said === null ? null : { code: words(code), message: words(told) });
  if (said === null) return null;
  return (
    <p className="plain-direction px-2 text-bad text-xs" dir="auto" data-testid="reaction-refused">
      {text("reaction_refused", { emoji: said, reason: reason ?? "" })}
    </p>
  );
}

/** A click on our own takes it back. */
function Emoji({ message, emoji, onTakeBack }: { message: Message; emoji: string; onTakeBack: () => void }) {
  const text = useText();
  const isOurs = message.reactions.some(({ from, emoji: other }) => from === "business" && other === emoji);
  const canReact = useCapabilities(message.conversation_id)?.reactions === true;
  if (!isOurs || !canReact) return emoji;
  const label = text("react_remove", { emoji });
  return (
    <button type="button" aria-label={label} title={label} data-testid="reaction-own" onClick={onTakeBack}>
      {emoji}
    </button>
  );
}

function authorOf({ from }: Reaction, text: Translate): string {
  return text(from === "user" ? "message_from_customer" : "reaction_from_business");
}
