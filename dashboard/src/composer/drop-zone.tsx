/** Files that are dropped anywhere on the page, or pasted, go to the open conversation. */
import { Paperclip } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useText } from "../i18n/index.ts";
import { isTyping } from "../lib/keys.ts";
import { filesIn } from "./attach.ts";

/** `onFiles` is null where files are not taken; even then a dropped file must not replace the page. */
export function DropZone({ onFiles }: { onFiles: ((files: File[]) => void) | null }) {
  const text = useText();
  const isOver = useDrops(onFiles);
  if (!isOver || !onFiles) return null;
  return (
    <div
      data-testid="drop-zone"
      className="pointer-events-none fixed inset-3 z-10 grid place-items-center rounded-3xl border-2 border-accent border-dashed bg-accent-soft/90"
    >
      <p className="flex items-center gap-3 font-semibold text-accent text-lg">
        <Paperclip aria-hidden="true" className="size-7" />
        {text("drop_here")}
      </p>
    </div>
  );
}

function useDrops(onFiles: ((files: File[]) => void) | null): boolean {
  const [isOver, setOver] = useState(false);
  const take = useRef(onFiles);
  take.current = onFiles;
  useEffect(() => {
    const stopped = new AbortController();
    const until = { signal: stopped.signal };
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    const over = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(!isInWindow());
    };
    const drop = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(false);
      if (!isInWindow()) give(filesIn(event.dataTransfer));
    };
    const paste = (event: ClipboardEvent) => {
      // Whoever copied text from a document means the text, though a picture of it comes along.
      if (event.clipboardData?.types.includes("text/plain") || isInWindow() || isElsewhere(event.target)) return;
      const files = filesIn(event.clipboardData);
      if (files.length === 0) return;
      event.preventDefault();
      give(files);
    };
    const give = (files: File[]) => files.length > 0 && take.current?.(files);
    window.addEventListener("dragenter", over, until);
    window.addEventListener("dragover", over, until);
    window.addEventListener("dragleave", (event) => event.relatedTarget === null && setOver(false), until);
    window.addEventListener("drop", drop, until);
    window.addEventListener("paste", paste, until);
    return () => stopped.abort();
  }, []);
  return isOver;
}

/** A form is open above the page. */
function isInWindow(): boolean {
  return document.querySelector("dialog[open]") !== null;
}

function isElsewhere(target: EventTarget | null): boolean {
  return isTyping(target) && !(target as HTMLElement).matches("[data-testid=composer]");
}
