/** Three dots that say: somebody types. */
export function TypingDots({ className = "" }: { className?: string }) {
  return (
    <span aria-hidden="true" className={`inline-flex shrink-0 items-center gap-0.5 ${className}`}>
      <span className="size-1.5 rounded-full bg-current hop" />
      <span className="size-1.5 rounded-full bg-current hop [animation-delay:150ms]" />
      <span className="size-1.5 rounded-full bg-current hop [animation-delay:300ms]" />
    </span>
  );
}
