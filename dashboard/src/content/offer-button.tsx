/** A button as it stands under a message on the customer's phone. Only links do something here. */
import type { ReactNode } from "react";

const LOOK =
  "mt-1 flex items-center justify-center gap-1.5 rounded-lg bg-ink/5 px-3 py-1.5 text-center font-medium text-sm text-accent wrap-anywhere [&>svg]:size-4 [&>svg]:shrink-0";

interface OfferButtonProps {
  children: string;
  icon?: ReactNode;
  href?: string | null;
}

export function OfferButton({ children, icon, href }: OfferButtonProps) {
  if (!href) {
    return (
      <p className={LOOK}>
        {icon}
        <bdi>{children}</bdi>
      </p>
    );
  }
  return (
    <a href={href} title={href} target="_blank" rel="noopener noreferrer" className={`${LOOK} hover:bg-ink/10`}>
      {icon}
      <bdi>{children}</bdi>
    </a>
  );
}
