/** Points of the event log, `<sequence>-<tag>`, and where an event stands relative to one. */

export interface LogPosition {
  sequence: number;
  tag: string;
}

export function cursorOf({ sequence, tag }: LogPosition): string {
  return `${sequence}-${tag}`;
}

/** The sequence of a cursor; -1 for none, so that everything is newer. */
export function sequenceOf(cursor: string | null): number {
  const sequence = Number.parseInt(cursor ?? "", 10);
  return Number.isNaN(sequence) ? -1 : sequence;
}

export type Standing = "untracked" | "old" | "next" | "gap";

/**
 * `previous` is the last sequence that this operator may see before the event. So a hole in the numbers alone is no
 * gap; only a `previous` that we have not applied yet is one.
 */
export function standing(cursor: string | null, data: Record<string, unknown>): Standing {
  if (typeof data.sequence !== "number" || typeof data.previous !== "number") return "untracked";
  const applied = sequenceOf(cursor);
  if (data.sequence <= applied) return "old";
  return data.previous <= applied || cursor === null ? "next" : "gap";
}

/** The further one of two cursors. */
export function furthest(one: string | null, other: string | null): string | null {
  return sequenceOf(other) > sequenceOf(one) ? other : one;
}

/** The one that is certain to be covered by both. */
export function nearest(one: string | null, other: string | null): string | null {
  return sequenceOf(other) < sequenceOf(one) ? other : one;
}
