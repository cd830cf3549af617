/** The one button that matters most where it stands. */
import type { ReactNode } from "react";

interface RoundButtonProps {
  label: string;
  testId: string;
  disabled?: boolean;
  onClick: () => void;
  children: ReactNode;
}

export function RoundButton({ label, testId, disabled, onClick, children }: RoundButtonProps) {
  return (
    <button
      type="button"
      data-testid={testId}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
      className="grid size-11 shrink-0 place-items-center rounded-full bg-accent text-accent-ink transition-opacity disabled:opacity-40"
    >
      {children}
    </button>
  );
}
