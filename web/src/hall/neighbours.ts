// Which seats to offer when chosen ones were taken by another fan, and which seat lies in a
// direction from another. Pure.
//
// Always holds: offered seats are free, of the same grades, not chosen already, and as many as were
// lost, or fewer when no more are left.
import { isFree, type Availability } from "./availability.ts";
import { areSideBySide, distance, mayOffer, sectionOf, type Plan } from "./plan.ts";

/** Another row counts as this much farther away, another section as that much. */
const OTHER_ROW = 1.5;
const OTHER_SECTION = 3;

/**
 * Offer seats in place of lost ones. Best is a seat beside those that the fan still has, then a
 * block side by side for a group that was lost whole, then whatever is nearest.
 */
export function suggest(
  plan: Plan,
  availability: Availability,
  lost: readonly number[],
  kept: readonly number[],
): number[] {
  if (kept.length === 0 && lost.length > 1) {
    const block = nearestBlock(plan, availability, lost);
    if (block.length > 0) return block;
  }
  const offered: number[] = [];
  for (const seat of lost) {
    const found = nearestFree(plan, availability, seat, [...kept, ...offered]);
    if (found >= 0) offered.push(found);
  }
  return offered;
}

/** The free seat of the same grade that comes closest to a lost one; -1 when there is none. */
function nearestFree(
  plan: Plan,
  availability: Availability,
  lost: number,
  chosen: readonly number[],
): number {
  let best = -1;
  let bestCost = Infinity;
  for (let seat = 0; seat < plan.x.length; seat++) {
    if (plan.grade[seat] !== plan.grade[lost] || !isFree(availability, seat)) continue;
    if (chosen.includes(seat) || !mayOffer(plan, seat)) continue;
    const cost = costOf(plan, seat, lost) * (besideAny(plan, seat, chosen) ? 0.25 : 1);
    if (cost < bestCost) [best, bestCost] = [seat, cost];
  }
  return best;
}

/** As many seats side by side as were lost, all of one lost grade, nearest to the first. */
function nearestBlock(plan: Plan, availability: Availability, lost: readonly number[]): number[] {
  const grade = plan.grade[lost[0]!];
  if (lost.some((seat) => plan.grade[seat] !== grade)) return [];
  let best = -1;
  let bestCost = Infinity;
  let run = 0;
  for (let seat = 0; seat < plan.x.length; seat++) {
    const fits = plan.grade[seat] === grade && isFree(availability, seat) && mayOffer(plan, seat);
    run = fits ? (run > 0 && areSideBySide(plan, seat - 1, seat) ? run + 1 : 1) : 0;
    if (run < lost.length) continue;
    const first = seat - lost.length + 1;
    const cost = costOf(plan, first, lost[0]!) + costOf(plan, seat, lost.at(-1)!);
    if (cost < bestCost) [best, bestCost] = [first, cost];
  }
  return best < 0 ? [] : lost.map((_, index) => best + index);
}

function costOf(plan: Plan, seat: number, lost: number): number {
  const far = distance(plan, seat, lost);
  if (plan.row[seat] === plan.row[lost]) return far;
  return far * (sectionOf(plan, seat) === sectionOf(plan, lost) ? OTHER_ROW : OTHER_SECTION);
}

function besideAny(plan: Plan, seat: number, others: readonly number[]): boolean {
  return others.some((other) => areSideBySide(plan, seat, other));
}

export type Direction = "left" | "right" | "up" | "down";

const WAYS: Record<Direction, readonly [x: number, y: number]> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};

/**
 * The point that one comes to from another by an arrow key: the nearest one that lies more that way
 * than aside. Gives back an index into the columns, or -1.
 */
export function inDirection(
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  from: number,
  direction: Direction,
): number {
  const [wayX, wayY] = WAYS[direction];
  let best = -1;
  let bestCost = Infinity;
  for (let at = 0; at < xs.length; at++) {
    const dx = xs[at]! - xs[from]!;
    const dy = ys[at]! - ys[from]!;
    const along = dx * wayX + dy * wayY;
    const aside = Math.abs(dx * wayY) + Math.abs(dy * wayX);
    if (along <= 1e-6 || aside > along * 1.2) continue;
    const cost = along + aside * 2;
    if (cost < bestCost) [best, bestCost] = [at, cost];
  }
  return best;
}
