// Points, boxes and outlines in units of the plan. Pure.
export type Point = readonly [x: number, y: number];

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The smallest box round some points; an empty box at the origin round none. */
export function boundsOf(points: readonly Point[]): Bounds {
  if (points.length === 0) return { left: 0, top: 0, right: 0, bottom: 0 };
  let [left, top] = points[0]!;
  let [right, bottom] = points[0]!;
  for (const [x, y] of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return { left, top, right, bottom };
}

/** The smallest box round some boxes. */
export function around(boxes: readonly Bounds[]): Bounds {
  const corners = boxes.flatMap(({ left, top, right, bottom }): Point[] => [
    [left, top],
    [right, bottom],
  ]);
  return boundsOf(corners);
}

/** The box with that much more on each side. */
export function grown(box: Bounds, by: number): Bounds {
  return {
    left: box.left - by,
    top: box.top - by,
    right: box.right + by,
    bottom: box.bottom + by,
  };
}

/** Whether two boxes share a point. */
export function meet(one: Bounds, other: Bounds): boolean {
  return (
    one.left <= other.right &&
    other.left <= one.right &&
    one.top <= other.bottom &&
    other.top <= one.bottom
  );
}

/** The middle of a box. */
export function middleOf(box: Bounds): Point {
  return [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
}

/**
 * An outline without its small notches: where rows end a little unevenly, the edge goes straight
 * from end to end. Corners that stand out stay, and so do arcs, whose steps are smaller still.
 */
export function withoutNotches(
  outline: readonly Point[],
  smallest: number,
  largest: number,
): Point[] {
  const kept = [...outline];
  const turn = Math.sign(signedArea(outline));
  for (let at = 0; at < kept.length && kept.length > 3;) {
    const before = kept.at(at - 1)!;
    const after = kept[(at + 1) % kept.length]!;
    const depth = -turn * beside(before, after, kept[at]!);
    if (depth < smallest || depth > largest) at += 1;
    else {
      kept.splice(at, 1);
      at = Math.max(at - 1, 0);
    }
  }
  return kept;
}

/** How far a point lies to the right of the way from one to another. */
function beside([x1, y1]: Point, [x2, y2]: Point, [x, y]: Point): number {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  return ((y2 - y1) * (x - x1) - (x2 - x1) * (y - y1)) / length;
}

function signedArea(outline: readonly Point[]): number {
  return outline.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = outline[(at + 1) % outline.length]!;
    return sum + x * nextY - nextX * y;
  }, 0);
}

/** Whether a point is within an outline (even-odd rule). */
export function contains(outline: readonly Point[], [x, y]: Point): boolean {
  let inside = false;
  for (let i = 0, before = outline.length - 1; i < outline.length; before = i++) {
    const [x1, y1] = outline[i]!;
    const [x2, y2] = outline[before]!;
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

/**
 * How wide something may be with its middle at a point: twice the way to the nearer edge of the
 * outline, to the left or to the right. Nothing when the point is outside.
 */
export function roomAt(outline: readonly Point[], [x, y]: Point): number {
  if (!contains(outline, [x, y])) return 0;
  let nearest = Infinity;
  for (let i = 0, before = outline.length - 1; i < outline.length; before = i++) {
    const [x1, y1] = outline[i]!;
    const [x2, y2] = outline[before]!;
    if (y1 > y === y2 > y) continue;
    nearest = Math.min(nearest, Math.abs(((x2 - x1) * (y - y1)) / (y2 - y1) + x1 - x));
  }
  return nearest * 2;
}
