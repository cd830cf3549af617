/** How loud a sound is over its length, and how far it is heard. Time runs from left to right in every language. */
import { type KeyboardEvent, memo, type PointerEvent } from "react";
import { clockOf } from "./media.ts";

/** Fewer than the server tells of: they must be wide enough to be seen. */
const BARS = 48;
/** Of the drawing, in its own units. */
const STEP = 4;
const HEIGHT = 32;
const LEAST = 3;
/** What a key moves by, as a part of the whole, but never less than a second. */
const KEY_PART = 0.05;
const MOVES: Record<string, number> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 4,
  PageDown: -4,
};

interface WaveformProps {
  peaks: number[];
  seconds: number;
  /** Null while nobody knows; then there is no place to go to. */
  duration: number | null;
  label: string;
  onSeek: (seconds: number) => void;
  onToggle: () => void;
}

export function Waveform({ peaks, seconds, duration, label, onSeek, onToggle }: WaveformProps) {
  const whole = duration ?? 0;
  const part = whole > 0 ? Math.min(1, seconds / whole) : 0;
  const pressed = (event: KeyboardEvent) => {
    const place = placeByKey(event.key, seconds, whole);
    if (place !== null) onSeek(place);
    else if (event.key === " " || event.key === "Enter") onToggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const pointed = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0 || whole === 0) return;
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    else if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const { left, width } = event.currentTarget.getBoundingClientRect();
    onSeek(whole * Math.max(0, Math.min(1, (event.clientX - left) / width)));
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      dir="ltr"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.round(whole)}
      aria-valuenow={Math.round(Math.min(seconds, whole))}
      aria-valuetext={`${clockOf(seconds)} / ${clockOf(duration)}`}
      data-testid="waveform"
      onKeyDown={pressed}
      onPointerDown={pointed}
      onPointerMove={(event) => event.buttons === 1 && pointed(event)}
      className="relative h-8 cursor-pointer touch-pan-y rounded"
    >
      <Bars peaks={peaks} className="text-ink/30" />
      <div className="absolute inset-0" style={{ clipPath: `inset(0 ${(1 - part) * 100}% 0 0)` }}>
        <Bars peaks={peaks} className="text-accent" />
      </div>
    </div>
  );
}

function placeByKey(key: string, seconds: number, whole: number): number | null {
  if (whole === 0) return null;
  if (key === "Home") return 0;
  if (key === "End") return whole;
  const move = MOVES[key];
  return move === undefined ? null : Math.max(0, Math.min(whole, seconds + move * Math.max(1, whole * KEY_PART)));
}

const Bars = memo(function Bars({ peaks, className }: { peaks: number[]; className: string }) {
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${BARS * STEP} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={`absolute inset-0 size-full stroke-current ${className}`}
    >
      <path d={barsOf(peaks)} fill="none" strokeWidth="2" strokeLinecap="round" vectorEffect="non-scaling-stroke" />
    </svg>
  );
});

/** A line of dots when nobody has listened to it yet. */
export function barsOf(peaks: number[]): string {
  const bars: string[] = [];
  for (let bar = 0; bar < BARS; bar += 1) {
    const from = Math.floor((bar * peaks.length) / BARS);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * peaks.length) / BARS));
    const peak = Math.max(0, ...peaks.slice(from, to));
    const height = LEAST + ((HEIGHT - 2 * LEAST) * Math.min(100, peak)) / 100;
    const top = (HEIGHT - height) / 2;
    bars.push(`M${bar * STEP + STEP / 2} ${top.toFixed(1)}V${(HEIGHT - top).toFixed(1)}`);
  }
  return bars.join("");
}
