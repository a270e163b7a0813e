// The price types of the chosen seats, and what the seats cost with them. Pure.
//
// Always holds: a seat without a price type, or with one that its grade does not have, has the full
// price; what is sent says the same as what is shown.
import type { Schemas } from "../../api/client.ts";
import { priceOf, type Plan } from "./plan.ts";
import { countOf, type Spots } from "./selection.ts";

export type PriceType = Schemas["OfferedType"];
export type BookingFee = Schemas["BookingFee"];
/** Seat → the id of its price type. */
export type Types = ReadonlyMap<number, string>;

/** The price types that a grade has at a time, in milliseconds. */
export function typesOn(plan: Plan, grade: number, now: number): readonly PriceType[] {
  return plan.grades[grade]!.types.filter(({ until }) => !until || Date.parse(until) > now);
}

/** The price type that a seat is chosen with; null: the full price. */
export function typeOf(plan: Plan, seat: number, types: Types): PriceType | null {
  const id = types.get(seat);
  return plan.grades[plan.grade[seat]!]!.types.find((type) => type.id === id) ?? null;
}

/** What the chosen seats cost together, with the booking fee. */
export function costOf(
  plan: Plan,
  chosen: readonly number[],
  types: Types,
  fee: BookingFee | null,
  spots: Spots = new Map(),
): number {
  const prices = chosen.map((seat) => typeOf(plan, seat, types)?.price ?? priceOf(plan, seat));
  for (const [section, wanted] of spots) {
    prices.push(wanted * plan.grades[plan.sections[section]!.grade]!.price);
  }
  const tickets = chosen.length + countOf(spots);
  return prices.reduce((sum, price) => sum + price, 0) + feeOf(tickets, fee);
}

/** The booking fee of an order with this many tickets. */
export function feeOf(tickets: number, fee: BookingFee | null): number {
  if (fee === null || tickets === 0) return 0;
  return fee.amount * (fee.per === "order" ? 1 : tickets);
}

/** The ids that a hold sends, one for each seat; empty when all have the full price. */
export function idsOf(
  plan: Plan,
  chosen: readonly number[],
  types: Types,
  spots = 0,
): (string | null)[] {
  const ids: (string | null)[] = chosen.map((seat) => typeOf(plan, seat, types)?.id ?? null);
  if (ids.every((id) => id === null)) return [];
  // Tickets of areas come after the seats, at the full price.
  for (let spot = 0; spot < spots; spot++) ids.push(null);
  return ids;
}

/** The same for seats of one grade that are not chosen yet: types that it does not have mean the full
 * price. */
export function idsSold(
  plan: Plan,
  grade: number,
  count: number,
  wanted: readonly (string | null | undefined)[],
  now: number,
): (string | null)[] {
  const sold = new Set(typesOn(plan, grade, now).map(({ id }) => id));
  const ids = Array.from({ length: count }, (_, at) => {
    const id = wanted[at] ?? null;
    return id !== null && sold.has(id) ? id : null;
  });
  return ids.every((id) => id === null) ? [] : ids;
}

/** The same choice of types, with another one for a seat; null: the full price. */
export function withType(types: Types, seat: number, id: string | null): Types {
  const changed = new Map(types);
  if (id === null) changed.delete(seat);
  else changed.set(seat, id);
  return changed;
}
