// What is chosen, by the names that the server knows: it outlives this page, and the plan. Pure.
import type { Plan } from "../../hall/plan.ts";
import { typeOf, typesOfSpots, type Types } from "./price-types.ts";
import type { Spots } from "./selection.ts";

/** Seats, and tickets of areas; each with the id of its price type, or null for the full price. */
export interface Chosen {
  readonly seats: readonly { readonly number: string; readonly type: string | null }[];
  /** As many tickets of an area as there are types. */
  readonly areas: readonly { readonly area: string; readonly types: readonly (string | null)[] }[];
}

export const NOTHING: Chosen = { seats: [], areas: [] };

/** What is chosen, by names. */
export function namesOf(plan: Plan, seats: readonly number[], spots: Spots, types: Types): Chosen {
  return {
    seats: seats.map((seat) => ({
      number: plan.numbers[seat]!,
      type: typeOf(plan, seat, types)?.id ?? null,
    })),
    areas: [...spots].map(([section, wanted]) => ({
      area: plan.sections[section]!.name,
      types: typesOfSpots(plan, section, wanted, types).map((type) => type?.id ?? null),
    })),
  };
}

/** The same in a plan; what the plan doesn't have is left out. */
export function placesOf(
  plan: Plan,
  chosen: Chosen,
): { seats: number[]; spots: Map<number, number>; types: Types } {
  const types = {
    seats: new Map<number, string>(),
    spots: new Map<number, readonly (string | null)[]>(),
  };
  const seats: number[] = [];
  const spots = new Map<number, number>();
  for (const { number, type } of chosen.seats) {
    const seat = plan.numbers.indexOf(number);
    if (seat < 0) continue;
    seats.push(seat);
    if (type !== null) types.seats.set(seat, type);
  }
  for (const area of chosen.areas) {
    const section = plan.sections.findIndex(({ isArea, name }) => isArea && name === area.area);
    if (section < 0) continue;
    spots.set(section, area.types.length);
    types.spots.set(section, area.types);
  }
  return { seats, spots, types };
}
