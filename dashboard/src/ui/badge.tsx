/** A number at the corner of a sign. */
export function Badge({ testId, look, text }: { testId: string; look: string; text: string }) {
  return (
    <span
      data-testid={testId}
      className={`absolute -end-2 -top-2 grid h-4 min-w-4 place-items-center rounded-full px-1 font-semibold text-[0.625rem] text-accent-ink tabular-nums leading-none ${look}`}
    >
      {text}
    </span>
  );
}
