/** Which colleagues look at the open conversation too. */
import { useLanguage, useText } from "../i18n/index.ts";
import { listed } from "../lib/names.ts";
import { useColleaguesIn } from "../live/colleagues.ts";
import { Faces } from "../ui/faces.tsx";

/** In words, beside the customer's name. */
export function AlsoHere({ conversation_id }: { conversation_id: string }) {
  const { here, words } = useAlsoHere(conversation_id);
  if (here.length === 0) return null;
  return (
    <p
      data-testid="also-here"
      title={words}
      className="hidden min-w-0 items-center gap-1.5 rounded-full bg-accent-soft p-1 text-accent text-xs sm:flex lg:pe-2.5"
    >
      <Faces people={here} size="size-6 text-[0.625rem]" ground="ring-accent-soft" />
      <span className="sr-only truncate lg:not-sr-only lg:max-w-56">{words}</span>
    </p>
  );
}

/** Only the faces, where a phone has room for no more. */
export function AlsoHereFaces({ conversation_id }: { conversation_id: string }) {
  const { here, words } = useAlsoHere(conversation_id);
  if (here.length === 0) return null;
  return (
    <span role="img" aria-label={words} data-testid="also-here-faces" className="shrink-0 sm:hidden">
      <Faces people={here} size="size-4 text-[0.5rem]" />
    </span>
  );
}

function useAlsoHere(conversation_id: string) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const here = useColleaguesIn(conversation_id);
  const names = listed(
    language,
    here.map(({ name }) => name),
  );
  return { here, words: text("here_too", { count: here.length, names }) };
}
