/** A window above the page, of the browser's own kind: it keeps the focus inside, and Escape closes it. */
import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useText } from "../i18n/desk.ts";
import { IconButton } from "./icon-button.tsx";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  testId?: string;
  wide?: boolean;
}

export function Dialog({ title, onClose, children, testId, wide }: DialogProps) {
  const text = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // The browser would choose the button that closes it.
    dialog.current?.querySelector<HTMLElement>("input:not([hidden], [type=radio]), textarea")?.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      onClose={onClose}
      aria-label={title}
      data-testid={testId}
      className={`m-auto max-h-[92dvh] w-full overflow-y-auto rounded-3xl border border-line bg-surface p-4 text-ink shadow-xl backdrop:bg-[#00000066] sm:p-5 ${wide ? "max-w-3xl" : "max-w-lg"}`}
    >
      <header className="mb-3 flex items-center justify-between gap-3">
        <h3 className="font-semibold">{title}</h3>
        <IconButton small label={text("close")} testId="dialog-close" onClick={() => dialog.current?.close()}>
          <X />
        </IconButton>
      </header>
      {children}
    </dialog>
  );
}
