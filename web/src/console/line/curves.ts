// The curves of a queue, from its history: even steps of time, counts as rates. Pure.

/** Figures of a moment, in seconds since 1970. */
export interface Point<F> {
  readonly at: number;
  readonly figures: F;
}

/** How far back a rate looks. */
const RATE_S = 60;

/** Even steps from the first to the last, at the end of the whole span. */
export function stepsOf(now: number, spanS: number, stepS: number): number[] {
  const last = Math.floor(now / stepS) * stepS;
  const number = Math.floor(spanS / stepS);
  return Array.from({ length: number + 1 }, (_, i) => last - (number - i) * stepS);
}

/** A figure at each step: as it was last, because a second without a point had no change; null
 * before the first point. */
export function levels<F>(
  points: readonly Point<F>[],
  steps: readonly number[],
  of: (figures: F) => number | null,
): (number | null)[] {
  let next = 0;
  let known: number | null = null;
  return steps.map((step) => {
    for (let point = points[next]; point && point.at <= step; point = points[++next]) {
      known = of(point.figures);
    }
    return known;
  });
}

/** A count as a rate per minute at each step, over the last minute. Where a count falls, its store
 * had lost it and it begins anew. */
export function rates<F>(
  points: readonly Point<F>[],
  steps: readonly number[],
  of: (figures: F) => number,
): (number | null)[] {
  const now = levels(points, steps, of);
  const before = levels(
    points,
    steps.map((step) => step - RATE_S),
    of,
  );
  return now.map((count, i) => {
    if (count === null) return null;
    const earlier = before[i] ?? 0;
    return count < earlier ? count : count - earlier;
  });
}
