// The map by keyboard: sections while everything is seen, seats when one has come near. Pure.
import type { Availability } from "./availability.ts";
import { isFree } from "./availability.ts";
import { inDirection, type Direction } from "./neighbours.ts";
import type { Plan } from "./plan.ts";
import { middleOf } from "./shapes.ts";

/** Where the keyboard is; -1 for nowhere. At most one of the two is set. */
export interface Focus {
  readonly seat: number;
  readonly section: number;
}

export const NOWHERE: Focus = { seat: -1, section: -1 };

export const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** Where an arrow key leads to: to the next section or seat, or nowhere new at the edge. */
export function moved(plan: Plan, focus: Focus, direction: Direction): Focus {
  if (focus.seat >= 0) {
    const seat = inDirection(plan.x, plan.y, focus.seat, direction);
    return seat < 0 ? focus : { seat, section: -1 };
  }
  if (focus.section < 0) return { seat: -1, section: 0 };
  const middles = plan.sections.map(({ bounds }) => middleOf(bounds));
  const xs = middles.map(([x]) => x);
  const ys = middles.map(([, y]) => y);
  const section = inDirection(xs, ys, focus.section, direction);
  return section < 0 ? focus : { seat: -1, section };
}

/** The seat that one comes to in a section: the first that is free, or the first of all. An area
 * has none, so one stays at it. */
export function enterSection(plan: Plan, availability: Availability, section: number): Focus {
  const { firstSeat, seats, isArea } = plan.sections[section]!;
  if (isArea) return { seat: -1, section };
  for (let seat = firstSeat; seat < firstSeat + seats; seat++) {
    if (isFree(availability, seat)) return { seat, section: -1 };
  }
  return { seat: firstSeat, section: -1 };
}
