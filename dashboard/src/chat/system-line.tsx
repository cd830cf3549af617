/** What Wasl itself notes in a conversation. */
import type { Message } from "../api/types.ts";
import { useLanguage } from "../i18n/index.ts";
import { timeOfDay } from "../lib/time.ts";

export function SystemLine({ message }: { message: Message }) {
  const language = useLanguage((state) => state.language);
  return (
    <p className="max-w-[85%] rounded-full bg-surface/80 px-3 py-1 text-center text-ink-soft text-xs" dir="auto">
      {message.content} <span className="text-ink-faint">· {timeOfDay(language, message.timestamp)}</span>
    </p>
  );
}
