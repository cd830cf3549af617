/** Keys that work everywhere. J, K and the arrows belong to the list, which knows its rows; T and G to the conversation. */
import { useEffect } from "react";
import { isTyping } from "../lib/keys.ts";

export function useShortcuts(back: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      // An open dialog takes its own keys.
      if (document.querySelector("dialog[open]")) return;
      if (event.key === "/" && !isTyping(event.target)) {
        event.preventDefault();
        document.querySelector<HTMLInputElement>("[data-testid=search], [data-testid=entries-search]")?.focus();
      }
      if (event.key === "Enter" && event.target === document.body) {
        event.preventDefault();
        document.querySelector<HTMLTextAreaElement>("[data-testid=composer]")?.focus();
      }
      if (event.key === "Escape") {
        if (isTyping(event.target)) (event.target as HTMLElement).blur();
        else back();
      }
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [back]);
}
