/** A small sign in the list: a colleague is in that conversation, or writes there. */
import { useLanguage, useText } from "../i18n/index.ts";
import { listed } from "../lib/names.ts";
import { useColleaguesIn, useTypistsIn } from "../live/colleagues.ts";
import { Faces } from "../ui/faces.tsx";
import { TypingDots } from "../ui/typing-dots.tsx";

export function ColleagueMark({ conversation_id }: { conversation_id: string }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const typists = useTypistsIn(conversation_id);
  const here = useColleaguesIn(conversation_id);
  const isTyped = typists.length > 0;
  const people = isTyped ? typists : here;
  if (people.length === 0) return null;
  const names = listed(
    language,
    people.map(({ name }) => name),
  );
  const words = text(isTyped ? "typing_now" : "in_conversation", { count: people.length, names });
  return (
    <span
      role="img"
      aria-label={words}
      title={words}
      data-testid="colleague-mark"
      data-typing={isTyped}
      className={`ms-auto mt-0.5 flex shrink-0 items-center gap-1 ${isTyped ? "text-warn" : ""}`}
    >
      {isTyped && <TypingDots />}
      <Faces people={people} size="size-4 text-[0.5rem]" />
    </span>
  );
}
