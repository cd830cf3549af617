/** Small signs of a conversation: its tags, the language the customer writes, and their mood when it is not an even one. */
import { Frown, Smile } from "lucide-react";
import type { ConversationRow } from "../api/types.ts";
import { useLanguage, useText } from "../i18n/index.ts";
import { languageMark, languageName } from "../lib/languages.ts";

const MOODS = { negative: { icon: Frown, colour: "text-bad" }, positive: { icon: Smile, colour: "text-accent" } };

export function Marks({ row, tags_max }: { row: ConversationRow; tags_max: number }) {
  const text = useText();
  const page = useLanguage((state) => state.language);
  // A row that was remembered by an older page has no tags yet.
  const tags = row.tags ?? [];
  const mood = row.sentiment && row.sentiment !== "neutral" ? MOODS[row.sentiment] : null;
  if (tags.length === 0 && !row.language && !mood) return null;
  const spoken = row.language && text("writes_in", { language: languageName(page, row.language) });
  return (
    <span data-testid="marks" className="flex shrink-0 items-center gap-1.5 text-[0.625rem] text-ink-faint">
      {tags.length > 0 && (
        <span title={tags.join(", ")} className="flex gap-1">
          {tags.slice(0, tags_max).map((tag) => (
            <bdi key={tag} className="max-w-20 truncate rounded-full border border-line px-1.5 leading-4">
              {tag}
            </bdi>
          ))}
          {tags.length > tags_max && <bdi>+{tags.length - tags_max}</bdi>}
        </span>
      )}
      {row.language && (
        <span role="img" aria-label={spoken ?? ""} title={spoken ?? ""} data-testid="language-mark" dir="ltr">
          {languageMark(row.language)}
        </span>
      )}
      {mood && (
        <span
          role="img"
          aria-label={text(`mood_${row.sentiment as "negative" | "positive"}`)}
          title={text(`mood_${row.sentiment as "negative" | "positive"}`)}
          data-testid="mood-mark"
          className={mood.colour}
        >
          <mood.icon aria-hidden="true" className="size-3.5" />
        </span>
      )}
    </span>
  );
}
