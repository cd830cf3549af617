/** A button that opens a small panel beside it: a popover of the browser's own, which Escape and a click elsewhere close. */
import { type KeyboardEvent, type ReactNode, useCallback, useId, useRef, useState } from "react";
import { IconButton } from "./icon-button.tsx";

const GAP = 6;
const EDGE = 8;

interface MenuProps {
  label: string;
  icon: ReactNode;
  testId: string;
  small?: boolean;
  disabled?: boolean;
  className?: string;
  /** The panel's inside, made while it is open; `close` also gives the focus back. */
  children: (close: () => void) => ReactNode;
}

export function Menu({ label, icon, testId, small, disabled, className, children }: MenuProps) {
  const anchor = useRef<HTMLSpanElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const open = () => {
    setOpen(true);
    panel.current?.showPopover?.();
  };
  const close = () => {
    panel.current?.hidePopover?.();
    setOpen(false);
    anchor.current?.querySelector("button")?.focus();
  };
  /**
   * What is inside stands there only now: before, there was nothing to measure or to focus. The same function at every
   * render, or each of them would move the panel, and the keys to its first button.
   */
  const opened = useCallback((node: HTMLDivElement | null) => {
    if (!node || !panel.current || !anchor.current) return;
    placeBeside(panel.current, anchor.current.getBoundingClientRect());
    node.querySelector<HTMLElement>("button:not(:disabled), input")?.focus();
  }, []);
  return (
    <span ref={anchor} className={`shrink-0 ${className ?? ""}`}>
      <IconButton
        label={label}
        testId={testId}
        small={small}
        disabled={disabled}
        expanded={isOpen}
        controls={id}
        onClick={() => (isOpen ? close() : open())}
      >
        {icon}
      </IconButton>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        tabIndex={-1}
        data-testid={`${testId}-panel`}
        onToggle={(event) => setOpen(event.newState === "open")}
        onKeyDown={(event) => {
          // It closes the menu and nothing else.
          if (event.key === "Escape") {
            event.preventDefault();
            close();
          } else moveWithArrows(event);
        }}
        className="fixed inset-auto m-0 max-h-[80dvh] max-w-[calc(100vw-1rem)] overflow-y-auto rounded-2xl border border-line bg-surface p-1.5 text-ink shadow-xl"
      >
        {isOpen && <div ref={opened}>{children(close)}</div>}
      </div>
    </span>
  );
}

interface MenuItemProps {
  icon: ReactNode;
  children: ReactNode;
  testId: string;
  onClick: () => void;
}

export function MenuItem({ icon, children, testId, onClick }: MenuItemProps) {
  return (
    <button
      type="button"
      role="menuitem"
      data-testid={testId}
      onClick={onClick}
      className="flex w-full items-center gap-3 rounded-xl px-3 py-2.5 text-start text-sm hover:bg-raised focus-visible:bg-raised focus-visible:outline-none [&>svg]:size-5 [&>svg]:shrink-0 [&>svg]:text-accent"
    >
      {icon}
      <span>{children}</span>
    </button>
  );
}

/** The arrow keys walk through the panel's buttons, round and round; Tab leaves it as always. */
function moveWithArrows(event: KeyboardEvent<HTMLElement>): void {
  const steps: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  const step = steps[event.key];
  if (!step || event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("button:not(:disabled)")];
  const turned = /^Arrow[LR]/.test(event.key) && document.documentElement.dir === "rtl" ? -step : step;
  const place = buttons.indexOf(document.activeElement as HTMLElement);
  buttons[(place + turned + buttons.length) % buttons.length]?.focus();
}

/** Above the anchor if there is room, else below; never over the edge of the window. */
function placeBeside(panel: HTMLElement, anchor: DOMRect): void {
  const { width, height } = panel.getBoundingClientRect();
  const above = anchor.top - height - GAP;
  const start = document.documentElement.dir === "rtl" ? anchor.right - width : anchor.left;
  panel.style.top = `${above >= EDGE ? above : Math.min(anchor.bottom + GAP, window.innerHeight - height - EDGE)}px`;
  panel.style.left = `${Math.max(EDGE, Math.min(start, window.innerWidth - width - EDGE))}px`;
}
