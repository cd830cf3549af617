/** The reactions on a message, equal ones counted together. */
import type { Message } from "../api/types.ts";
import { useLanguage, useText } from "../i18n/index.ts";

export function Reactions({ message }: { message: Message }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  if (message.reactions.length === 0 || message.deleted_at) return null;
  const counts = new Map<string, number>();
  for (const { emoji } of message.reactions) counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  return (
    <ul
      aria-label={text("reactions")}
      data-testid="reactions"
      className={`-mt-1 relative flex gap-1 px-2 ${message.is_user ? "" : "justify-end"}`}
    >
      {[...counts].map(([emoji, count]) => (
        <li
          key={emoji}
          className="flex items-center gap-1 rounded-full border border-line bg-surface px-1.5 text-sm leading-6 shadow-xs"
        >
          {emoji}
          {count > 1 && <span className="text-ink-soft text-xs">{count.toLocaleString(language)}</span>}
        </li>
      ))}
    </ul>
  );
}
