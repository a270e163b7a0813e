// What the fan has chosen, and the rules for choosing. Pure.
//
// Always holds: never more seats than the limit, none twice, in the order of choosing.
import { isFree, type Availability } from "../../hall/availability.ts";

export type Outcome = "chosen" | "removed" | "taken" | "limit";

/** The selection after a tap on a seat, and what the tap meant. */
export function toggle(
  chosen: readonly number[],
  seat: number,
  limit: number,
  availability: Availability,
): { outcome: Outcome; chosen: readonly number[] } {
  if (chosen.includes(seat)) {
    return { outcome: "removed", chosen: chosen.filter((other) => other !== seat) };
  }
  if (!isFree(availability, seat)) return { outcome: "taken", chosen };
  // With a limit of one seat, a tap on another means "that one instead".
  if (limit === 1) return { outcome: "chosen", chosen: [seat] };
  if (chosen.length >= limit) return { outcome: "limit", chosen };
  return { outcome: "chosen", chosen: [...chosen, seat] };
}

/** The chosen seats that others have now, and those that are still there. */
export function split(
  chosen: readonly number[],
  availability: Availability,
): { lost: number[]; kept: number[] } {
  return {
    lost: chosen.filter((seat) => !isFree(availability, seat)),
    kept: chosen.filter((seat) => isFree(availability, seat)),
  };
}

/** How many tickets of each area are chosen, by the index of its section; none is 0. */
export type Spots = ReadonlyMap<number, number>;

/** How many tickets of areas are chosen. */
export function countOf(spots: Spots): number {
  return [...spots.values()].reduce((sum, wanted) => sum + wanted, 0);
}

/** The choice with `wanted` of an area: at most as many as are left, and as the limit of all leaves
 * room for. */
export function withSpots(
  spots: Spots,
  section: number,
  wanted: number,
  room: number,
  left: number,
): Spots {
  const others = new Map(spots);
  others.delete(section);
  const most = Math.max(Math.min(wanted, room - countOf(others), left), 0);
  return most === 0 ? others : others.set(section, most);
}
