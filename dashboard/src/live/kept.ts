/** What was typed into a window or a page and not saved yet: it outlives the window, and a reload of this tab. */
import { useState } from "react";

const PLACE = "wasl.kept.";
let prefix = "";

export function openKept(key: string): void {
  prefix = `${PLACE}${key}.`;
}

/** `forget` at a log-out; a session that merely ran out must not cost anybody what they have typed. */
export function closeKept(forget: boolean): void {
  if (forget) {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(PLACE)) sessionStorage.removeItem(name);
  }
  prefix = "";
}

/**
 * State that is there again when the same name is asked for; `isKept` says that somebody has changed it. The caller is
 * keyed by the name; `forget` once it is saved, or `discard` to begin anew.
 */
export function useKept<Value>(name: string, begin: () => Value) {
  const [{ value, isKept }, show] = useState(() => {
    const kept = keptValue<Value>(name);
    return { value: kept ?? begin(), isKept: kept !== null };
  });
  const change = (next: Value) => {
    show({ value: next, isKept: true });
    if (prefix) sessionStorage.setItem(prefix + name, JSON.stringify(next));
  };
  const forget = () => sessionStorage.removeItem(prefix + name);
  const discard = () => {
    forget();
    show({ value: begin(), isKept: false });
  };
  return { value, change, forget, discard, isKept };
}

export function keptValue<Value>(name: string): Value | null {
  return prefix ? (JSON.parse(sessionStorage.getItem(prefix + name) ?? "null") as Value | null) : null;
}
