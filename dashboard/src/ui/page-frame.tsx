/** A page that is no conversation: its name, its sections as tabs, and the one that is shown. */
import { type KeyboardEvent, type ReactNode, useEffect, useId } from "react";

interface PageFrameProps {
  title: string;
  sections: { name: string; label: string }[];
  current: string;
  onSection: (name: string) => void;
  testId: string;
  children: ReactNode;
}

export function PageFrame({ title, sections, current, onSection, testId, children }: PageFrameProps) {
  const id = useId();
  // There may be more of them than a phone shows.
  useEffect(() => {
    document.getElementById(`${id}-${current}`)?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [id, current]);
  return (
    <section aria-label={title} data-testid={testId} className="flex min-h-0 min-w-0 flex-1 flex-col">
      <header className="border-line border-b bg-surface px-3 pt-3 sm:px-6">
        <h1 className="font-semibold text-xl">{title}</h1>
        <div
          role="tablist"
          aria-label={title}
          onKeyDown={walkTabs}
          className="-mb-px mt-1 flex gap-1 overflow-x-auto [scrollbar-width:none]"
        >
          {sections.map(({ name, label }) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`${id}-${name}`}
              aria-selected={name === current}
              aria-controls={`${id}-panel`}
              tabIndex={name === current ? 0 : -1}
              data-testid={`section-${name}`}
              onClick={() => onSection(name)}
              className={`shrink-0 whitespace-nowrap border-b-2 px-3 py-2 text-sm ${name === current ? "border-accent font-medium text-accent" : "border-transparent text-ink-soft hover:text-ink"}`}
            >
              <bdi>{label}</bdi>
            </button>
          ))}
        </div>
      </header>
      {/* `relative`: what is hidden from sight stands somewhere too, and would make the whole page scroll. */}
      <div
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${current}`}
        className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain"
      >
        <div className="mx-auto w-full max-w-4xl p-3 sm:p-6">{children}</div>
      </div>
    </section>
  );
}

/** The arrow keys walk along the tabs and show what they come to, as everywhere; Tab goes on into the page. */
function walkTabs(event: KeyboardEvent<HTMLElement>): void {
  const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")];
  const place = tabs.indexOf(event.target as HTMLElement);
  const forward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
  const next = { [forward]: place + 1, [backward]: place - 1, Home: 0, End: tabs.length - 1 }[event.key];
  const tab = next === undefined ? undefined : tabs.at(next % tabs.length);
  if (!tab) return;
  event.preventDefault();
  tab.focus();
  tab.click();
}
