/** The way back to the end, and how much has come there meanwhile. */
import { ChevronDown } from "lucide-react";
import { useText } from "../i18n/index.ts";

export function JumpToNewest({ unseen, onJump }: { unseen: number; onJump: () => void }) {
  const text = useText();
  const label = unseen > 0 ? text("jump_new", { count: unseen }) : text("jump_to_newest");
  return (
    <button
      type="button"
      data-testid="jump-to-newest"
      data-count={unseen}
      aria-label={label}
      title={text("jump_to_newest")}
      onClick={onJump}
      className={`absolute end-5 bottom-4 flex h-10 items-center gap-1.5 rounded-full border border-line bg-surface shadow-md ${unseen > 0 ? "ps-4 pe-3 font-medium text-accent text-sm" : "w-10 justify-center text-ink-soft"}`}
    >
      {unseen > 0 && <span>{label}</span>}
      <ChevronDown aria-hidden="true" className="size-5" />
    </button>
  );
}
