/** A button with words. */
import type { ReactNode } from "react";

const LOOKS = {
  primary: "bg-accent text-accent-ink hover:opacity-90",
  quiet: "bg-raised text-ink hover:bg-line",
  danger: "text-bad hover:bg-bad-soft",
};

interface ButtonProps {
  children: ReactNode;
  icon?: ReactNode;
  /** Where there is little room only the icon is seen; the words stay for screen readers. */
  shrinks?: boolean;
  /** The keys that do the same, as ARIA names them; whoever points at the button is told. */
  shortcut?: string;
  onClick?: () => void;
  look?: keyof typeof LOOKS;
  type?: "button" | "submit";
  testId?: string;
  disabled?: boolean;
  className?: string;
}

export function Button(props: ButtonProps) {
  const { children, icon, shrinks, shortcut, onClick, look = "quiet", type = "button" } = props;
  const { testId, disabled, className = "" } = props;
  return (
    <button
      type={type}
      data-testid={testId}
      disabled={disabled}
      aria-keyshortcuts={shortcut}
      title={shortcut && `${children} (${shortcut.replace(" ", ", ")})`}
      onClick={onClick}
      className={`inline-flex items-center justify-center gap-1.5 whitespace-nowrap rounded-full px-3.5 py-1.5 font-medium text-sm transition-colors disabled:opacity-50 [&>svg]:size-4 ${LOOKS[look]} ${className}`}
    >
      {icon}
      <span className={shrinks ? "max-lg:sr-only" : ""}>{children}</span>
    </button>
  );
}
