/** Something could not be read: say so, and let it be tried again. */
import { useText } from "../i18n/index.ts";
import { Button } from "./button.tsx";

export function Failed({ words, onAgain }: { words: string; onAgain: () => void }) {
  const text = useText();
  return (
    <p role="alert" data-testid="read-failed" className="flex flex-wrap items-center gap-3 text-bad text-sm">
      {words}
      <Button onClick={onAgain}>{text("try_again")}</Button>
    </p>
  );
}
