/** A small sign in the list: a colleague is in that conversation, or writes there; or the assistant does. */
import { Bot } from "lucide-react";
import { useLanguage, useText } from "../i18n/index.ts";
import { listed } from "../lib/names.ts";
import { useColleaguesIn, useThinking, useTypistsIn } from "../live/colleagues.ts";
import { Faces } from "../ui/faces.tsx";
import { TypingDots } from "../ui/typing-dots.tsx";

export function ColleagueMark({ conversation_id }: { conversation_id: string }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const typists = useTypistsIn(conversation_id);
  const here = useColleaguesIn(conversation_id);
  const isThinking = useThinking(conversation_id) && typists.length === 0;
  const isTyped = typists.length > 0 || isThinking;
  const people = typists.length > 0 ? typists : here;
  if (people.length === 0 && !isThinking) return null;
  const names = listed(
    language,
    people.map(({ name }) => name),
  );
  const words = isThinking
    ? text("assistant_writing")
    : text(isTyped ? "typing_now" : "in_conversation", { count: people.length, names });
  return (
    <span
      role="img"
      aria-label={words}
      title={words}
      data-testid="colleague-mark"
      data-typing={isTyped}
      data-assistant={isThinking}
      className={`ms-auto mt-0.5 flex shrink-0 items-center gap-1 ${isThinking ? "text-read" : isTyped ? "text-warn" : ""}`}
    >
      {isTyped && <TypingDots />}
      {isThinking && <Bot aria-hidden="true" className="size-4" />}
      <Faces people={people} size="size-4 text-[0.5rem]" />
    </span>
  );
}
