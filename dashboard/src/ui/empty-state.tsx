/** What a pane says while it has nothing to show. */
import type { ReactNode } from "react";
import { Logo } from "./logo.tsx";

export function EmptyState({ title, detail, children }: { title: string; detail?: string; children?: ReactNode }) {
  return (
    <div className="m-auto flex max-w-xs flex-col items-center gap-2 p-8 text-center">
      <Logo className="mb-2 size-12 opacity-40" />
      <p className="font-medium text-ink">{title}</p>
      {detail && <p className="text-ink-faint text-sm">{detail}</p>}
      {children}
    </div>
  );
}
