/** Two ticks: it has arrived. */
export function Logo({ className = "" }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <rect width="32" height="32" rx="9" className="fill-accent" />
      <g fill="none" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round" className="stroke-accent-ink">
        <path d="M7 16.5l4.2 4.3L19 12.4" />
        <path d="M15.4 20.2l.8.8L25 12.4" opacity=".65" />
      </g>
    </svg>
  );
}
