/** Something is being read from the server. It is said only when that takes a moment, so that nothing flickers. */
import { useText } from "../i18n/index.ts";
import { TypingDots } from "./typing-dots.tsx";

export function Loading() {
  const text = useText();
  return (
    <p role="status" data-testid="loading" className="late flex items-center gap-2 p-4 text-ink-faint text-sm">
      <TypingDots />
      {text("loading")}
    </p>
  );
}
