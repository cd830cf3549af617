/** Whose key press it is, and whether the person uses keys at all just now. */

let byPointer = false;
window.addEventListener("pointerdown", () => (byPointer = true), true);
window.addEventListener("keydown", () => (byPointer = false), true);

/** Whether the last input was a click or a touch. */
export function cameByPointer(): boolean {
  return byPointer;
}

/** Whether a key press belongs to a text that somebody writes. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** The Latin letter of a key, also where the keyboard writes another script: then the one that is printed beside it. */
export function letterOf({ key, code }: Pick<KeyboardEvent, "key" | "code">): string {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase();
  return /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : "";
}
