// What the fan has chosen, and the rules for choosing. Pure.
//
// Always holds: never more seats than the limit, none twice, in the order of choosing.
import { isFree, type Availability } from "./availability.ts";

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
