/** Amounts as bars: lying ones with a name each, or a row of standing ones over days. Drawn in the page's direction. */

interface Amount {
  name: string;
  label: string;
  amount: number;
  /** The amount in words. */
  told: string;
}

const HEIGHT = 8;

/** Each bar is as long as its part of the largest. */
export function Bars({ amounts, label, testId }: { amounts: Amount[]; label: string; testId: string }) {
  const largest = Math.max(1, ...amounts.map(({ amount }) => amount));
  return (
    <ul aria-label={label} data-testid={testId} className="space-y-2">
      {amounts.map(({ name, label: words, amount, told }) => (
        <li key={name} className="text-sm">
          <p className="mb-0.5 flex justify-between gap-3">
            <bdi className="min-w-0 truncate">{words}</bdi>
            <span className="shrink-0 text-ink-soft tabular-nums">{told}</span>
          </p>
          <svg
            aria-hidden="true"
            viewBox={`0 0 100 ${HEIGHT}`}
            preserveAspectRatio="none"
            className="block h-2 w-full overflow-hidden rounded-full rtl:-scale-x-100"
          >
            <rect width="100" height={HEIGHT} className="fill-raised" />
            <rect width={(100 * amount) / largest} height={HEIGHT} className="fill-accent" />
          </svg>
        </li>
      ))}
    </ul>
  );
}

const COLUMN = 10;
const COLUMN_GAP = 2;
const TALLEST = 60;

/** One column for each day, the oldest where reading begins. Pointing at one tells it. */
export function Columns({ amounts, label, testId }: { amounts: Amount[]; label: string; testId: string }) {
  const largest = Math.max(1, ...amounts.map(({ amount }) => amount));
  const width = Math.max(1, amounts.length * (COLUMN + COLUMN_GAP) - COLUMN_GAP);
  return (
    <svg
      role="img"
      aria-label={label}
      data-testid={testId}
      viewBox={`0 0 ${width} ${TALLEST}`}
      preserveAspectRatio="none"
      className="block h-28 w-full rtl:-scale-x-100"
    >
      {amounts.map(({ name, amount, told, label: words }, place) => {
        const height = amount > 0 ? Math.max(1, (TALLEST * amount) / largest) : 0.5;
        return (
          <rect
            key={name}
            x={place * (COLUMN + COLUMN_GAP)}
            y={TALLEST - height}
            width={COLUMN}
            height={height}
            className={amount > 0 ? "fill-accent hover:fill-read" : "fill-line"}
          >
            <title>{`${words}: ${told}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}
