/** Which colleagues look at the open conversation too. */
import { useLanguage, useText } from "../i18n/index.ts";
import { listed } from "../lib/names.ts";
import { useColleaguesIn } from "../live/colleagues.ts";
import { Faces } from "../ui/faces.tsx";

export function AlsoHere({ conversation_id }: { conversation_id: string }) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const here = useColleaguesIn(conversation_id);
  if (here.length === 0) return null;
  const names = listed(
    language,
    here.map(({ name }) => name),
  );
  const words = text("here_too", { count: here.length, names });
  return (
    <p
      data-testid="also-here"
      title={words}
      className="flex min-w-0 items-center gap-1.5 rounded-full bg-accent-soft p-1 text-accent text-xs lg:pe-2.5"
    >
      <Faces people={here} size="size-6 text-[0.625rem]" />
      <span className="sr-only truncate lg:not-sr-only lg:max-w-56">{words}</span>
    </p>
  );
}
