// What is under a point of the plan. Pure.
import { nearestSeat, type Grid } from "./grid.ts";
import type { Focus } from "./keyboard.ts";
import { sectionOf, type Plan } from "./plan.ts";
import { contains, type Bounds, type Point } from "./shapes.ts";

/** A finger covers this much, a mouse that. */
const REACH_PX = { coarse: 22, fine: 10 } as const;

/** The seat that a pointer means, or -1. */
export function seatUnder(
  plan: Plan,
  grid: Grid,
  [x, y]: Point,
  scale: number,
  pointer: "coarse" | "fine",
): number {
  return nearestSeat(plan, grid, x, y, Math.max(plan.pitch * 0.6, REACH_PX[pointer] / scale));
}

/** What a pointer means: an area at any distance; else a seat when they can be chosen, or a section
 * when they are too small. */
export function meant(
  plan: Plan,
  grid: Grid,
  at: Point,
  scale: number,
  pointer: "coarse" | "fine",
  canChoose: boolean,
): Focus {
  const section = sectionUnder(plan, grid, at, scale);
  const isArea = section >= 0 && plan.sections[section]!.isArea;
  if (isArea || !canChoose) return { seat: -1, section };
  return { seat: seatUnder(plan, grid, at, scale, pointer), section: -1 };
}

/** The section at a point, the smallest where they overlap; else that of the nearest seat; or -1. */
export function sectionUnder(plan: Plan, grid: Grid, at: Point, scale: number): number {
  let best = -1;
  plan.sections.forEach(({ bounds, outline }, section) => {
    if (!contains(outline, at)) return;
    if (best < 0 || area(bounds) < area(plan.sections[best]!.bounds)) best = section;
  });
  if (best >= 0) return best;
  const seat = nearestSeat(plan, grid, at[0], at[1], REACH_PX.coarse / scale);
  return seat < 0 ? -1 : sectionOf(plan, seat);
}

function area({ left, top, right, bottom }: Bounds): number {
  return (right - left) * (bottom - top);
}
