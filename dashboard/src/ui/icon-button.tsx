/** A button that shows only an icon, and says its name to everyone else. */
import type { ReactNode } from "react";

interface IconButtonProps {
  label: string;
  onClick: () => void;
  children: ReactNode;
  className?: string;
  testId?: string;
  disabled?: boolean;
  /** The place that is shown now, among links of a kind. */
  current?: boolean;
  small?: boolean;
  /** Of a button that opens something: whether it is open, and its id. */
  expanded?: boolean;
  controls?: string;
  autoFocus?: boolean;
}

export function IconButton(props: IconButtonProps) {
  const {
    label,
    onClick,
    children,
    className = "",
    testId,
    disabled,
    current,
    small,
    expanded,
    controls,
    autoFocus,
  } = props;
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-current={current ? "page" : undefined}
      // biome-ignore lint/a11y/noAutofocus: only what a press of a key or button has just brought up asks for it
      autoFocus={autoFocus}
      aria-expanded={expanded}
      aria-controls={controls}
      data-testid={testId}
      disabled={disabled}
      onClick={onClick}
      className={`grid shrink-0 place-items-center rounded-xl text-ink-soft transition-colors hover:bg-raised hover:text-ink disabled:opacity-40 ${small ? "size-8 [&>svg]:size-4" : "size-11 [&>svg]:size-5"} ${className}`}
    >
      {children}
    </button>
  );
}
