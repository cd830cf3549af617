/** How large a picture is shown and which part of it: pure moves, and the hands that make them. */
import { type PointerEvent, useEffect, useRef, useState, type WheelEvent } from "react";

export interface View {
  scale: number;
  /** How far the middle is moved, in CSS pixels. */
  x: number;
  y: number;
}

interface Point {
  x: number;
  y: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };
const SCALE_MAX = 6;
const STEP = 1.5;

/** Another scale, under which the `point` (from the middle) stays where it is. */
export function scaled(view: View, factor: number, point: Point = { x: 0, y: 0 }): View {
  const scale = Math.max(1, Math.min(SCALE_MAX, view.scale * factor));
  if (scale === 1) return WHOLE;
  const by = scale / view.scale;
  return { scale, x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by };
}

/** Moved, but never so far that nothing of it is left to be seen. */
export function moved(view: View, by: Point, room: { width: number; height: number }): View {
  if (view.scale === 1) return view;
  const most = { x: (room.width * view.scale) / 2, y: (room.height * view.scale) / 2 };
  const held = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value));
  return { ...view, x: held(view.x + by.x, most.x), y: held(view.y + by.y, most.y) };
}

export function useZoom(id: string) {
  const [view, setView] = useState(WHOLE);
  const fingers = useRef(new Map<number, Point>());
  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture begins whole
  useEffect(() => setView(WHOLE), [id]);
  const larger = () => setView((now) => scaled(now, STEP));
  const smaller = () => setView((now) => scaled(now, 1 / STEP));
  const hands = {
    onWheel: (event: WheelEvent<HTMLElement>) => {
      const point = fromMiddle(event);
      setView((now) => scaled(now, Math.exp(-event.deltaY / 400), point));
    },
    onDoubleClick: (event: React.MouseEvent<HTMLElement>) => {
      const point = fromMiddle(event);
      setView((now) => (now.scale > 1 ? WHOLE : scaled(now, STEP * STEP, point)));
    },
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const before = fingers.current.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      const other = [...fingers.current].find(([finger]) => finger !== event.pointerId)?.[1];
      fingers.current.set(event.pointerId, now);
      const room = { width: event.currentTarget.clientWidth, height: event.currentTarget.clientHeight };
      const middle = fromMiddle(event);
      setView((held) => {
        if (other) return scaled(held, distance(now, other) / Math.max(1, distance(before, other)), middle);
        return moved(held, { x: now.x - before.x, y: now.y - before.y }, room);
      });
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => void fingers.current.delete(event.pointerId),
    onPointerCancel: (event: PointerEvent<HTMLElement>) => void fingers.current.delete(event.pointerId),
  };
  return { view, larger, smaller, whole: () => setView(WHOLE), hands };
}

function fromMiddle(event: { currentTarget: HTMLElement; clientX: number; clientY: number }): Point {
  const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
