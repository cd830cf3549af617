/** Who else writes an answer here at this moment: colleagues, or the assistant. */
import { useLanguage, useText } from "../i18n/index.ts";
import { listed } from "../lib/names.ts";
import type { Typist } from "../live/colleagues.ts";
import { TypingDots } from "../ui/typing-dots.tsx";

export function TypingLine({ typists, isThinking }: { typists: Typist[]; isThinking: boolean }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const names = listed(
    language,
    typists.map(({ name }) => name),
  );
  return (
    <div aria-live="polite">
      {isThinking && (
        <p
          data-testid="assistant-writing"
          className="flex items-center gap-2 px-4 pb-1.5 font-medium text-read text-xs"
        >
          <TypingDots />
          <span className="truncate">{text("assistant_writing")}</span>
        </p>
      )}
      {typists.length > 0 && (
        <p data-testid="typing-line" className="flex items-center gap-2 px-4 pb-1.5 font-medium text-warn text-xs">
          <TypingDots />
          <span className="truncate">{text("typing_now", { count: typists.length, names })}</span>
        </p>
      )}
    </div>
  );
}
