/** Where an answer comes from, in one line: its best source, how many more, and how sure it was. */
import type { Source } from "../api/assistant.ts";
import { useText } from "../i18n/desk.ts";
import { sourceName } from "./told.ts";

/** Stands for the name until its place in the sentence is known. */
const NAME = "\u0000";

/** Of a line that is too narrow the others are cut, then the name, never how sure it was. A courtesy stands on nothing one could be sure of. */
export function FromLine({ sources, confidence }: { sources: Source[]; confidence: number | null }) {
  const text = useText();
  const [best, ...others] = sources;
  if (!best) return <span>{text("answer_from_nothing")}</span>;
  const percent = confidence ?? best.score;
  const words =
    others.length > 0
      ? text("answer_from_more", { name: NAME, count: others.length })
      : text("answer_from", { name: NAME });
  const [before, after] = words.split(NAME);
  return (
    <span className="flex min-w-0 gap-1">
      <span className="shrink-0">{before?.trim()}</span>
      {/* An element of its own: it is cut where it ends, whichever way the line around it runs. */}
      <bdi className="truncate">{sourceName(best)}</bdi>
      {after && <span className="min-w-0 shrink-999 truncate">{after.trim()}</span>}
      {percent > 0 && <span className="shrink-0">· {text("percent", { percent })}</span>}
    </span>
  );
}
