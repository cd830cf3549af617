/** The search: the server looks, a moment after the last key. */
import { Search, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useText } from "../i18n/index.ts";
import { usePlace } from "../lib/place.ts";
import { IconButton } from "../ui/icon-button.tsx";

const DEBOUNCE_MS = 250;

export function SearchField() {
  const text = useText();
  const { search, go } = usePlace();
  const [typed, setTyped] = useState(search);
  // The address may change by the back button.
  useEffect(() => setTyped(search), [search]);
  useEffect(() => {
    if (typed.trim() === search) return;
    const timer = setTimeout(() => go({ search: typed.trim() }, true), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [typed, search, go]);
  return (
    <div className="flex h-10 items-center gap-2 rounded-xl border border-transparent bg-raised ps-3 pe-1 focus-within:border-accent">
      <Search aria-hidden="true" className="size-4 shrink-0 text-ink-faint" />
      <input
        type="search"
        dir={typed ? "auto" : undefined}
        value={typed}
        data-testid="search"
        aria-label={text("search")}
        placeholder={text("search")}
        onChange={(event) => setTyped(event.target.value)}
        className="plain-direction min-w-0 flex-1 bg-transparent text-sm placeholder:text-ink-faint [&::-webkit-search-cancel-button]:hidden"
      />
      {typed && (
        <IconButton small label={text("search_clear")} onClick={() => setTyped("")}>
          <X />
        </IconButton>
      )}
    </div>
  );
}
