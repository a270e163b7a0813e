// The price types of the chosen seats and tickets of areas, and what these cost with them. Pure.
//
// Always holds: a seat or ticket without a price type, or with one that its grade does not have, has
// the full price; what is sent says the same as what is shown.
import type { Schemas } from "../../api/client.ts";
import { priceOf, type Plan } from "../../hall/plan.ts";
import { countOf, type Spots } from "./selection.ts";

export type PriceType = Schemas["OfferedType"];
export type BookingFee = Schemas["BookingFee"];
/** Which price types are chosen, by their ids; null: the full price. */
export interface Types {
  /** Of each seat that has one. */
  readonly seats: ReadonlyMap<number, string>;
  /** Of the tickets of each area in turn, by the index of its section. */
  readonly spots: ReadonlyMap<number, readonly (string | null)[]>;
}

export const NO_TYPES: Types = { seats: new Map(), spots: new Map() };

/** The price types that a grade has at a time, in milliseconds. */
export function typesOn(plan: Plan, grade: number, now: number): readonly PriceType[] {
  return plan.grades[grade]!.types.filter(({ until }) => !until || Date.parse(until) > now);
}

/** The price type that a seat is chosen with; null: the full price. */
export function typeOf(plan: Plan, seat: number, types: Types): PriceType | null {
  const id = types.seats.get(seat);
  return plan.grades[plan.grade[seat]!]!.types.find((type) => type.id === id) ?? null;
}

/** The price type of each ticket that is chosen of an area; null: the full price. */
export function typesOfSpots(
  plan: Plan,
  section: number,
  wanted: number,
  types: Types,
): (PriceType | null)[] {
  const ids = types.spots.get(section) ?? [];
  const offered = plan.grades[plan.sections[section]!.grade]!.types;
  return Array.from({ length: wanted }, (_, at) => {
    return offered.find(({ id }) => id === ids[at]) ?? null;
  });
}

/** What the tickets that are chosen of an area cost together. */
export function costOfSpots(plan: Plan, section: number, wanted: number, types: Types): number {
  const full = plan.grades[plan.sections[section]!.grade]!.price;
  return sum(typesOfSpots(plan, section, wanted, types).map((type) => type?.price ?? full));
}

/** What is chosen costs together, with the booking fee. */
export function costOf(
  plan: Plan,
  chosen: readonly number[],
  types: Types,
  fee: BookingFee | null,
  spots: Spots = new Map(),
): number {
  const seats = chosen.map((seat) => typeOf(plan, seat, types)?.price ?? priceOf(plan, seat));
  const areas = [...spots].map(([section, wanted]) => costOfSpots(plan, section, wanted, types));
  return sum([...seats, ...areas]) + feeOf(chosen.length + countOf(spots), fee);
}

/** The booking fee of an order with this many tickets. */
export function feeOf(tickets: number, fee: BookingFee | null): number {
  if (fee === null || tickets === 0) return 0;
  return fee.amount * (fee.per === "order" ? 1 : tickets);
}

/** The ids that a hold sends: one for each seat, then one for each ticket of the areas; empty when all
 * have the full price. */
export function idsOf(
  plan: Plan,
  chosen: readonly number[],
  types: Types,
  spots: Spots = new Map(),
): (string | null)[] {
  const sold = [
    ...chosen.map((seat) => typeOf(plan, seat, types)),
    ...[...spots].flatMap(([section, wanted]) => typesOfSpots(plan, section, wanted, types)),
  ];
  return sold.every((type) => type === null) ? [] : sold.map((type) => type?.id ?? null);
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
  const seats = new Map(types.seats);
  if (id === null) seats.delete(seat);
  else seats.set(seat, id);
  return { ...types, seats };
}

/** The same choice of types, with another one for a ticket of an area. */
export function withSpotType(types: Types, section: number, at: number, id: string | null): Types {
  const before = types.spots.get(section) ?? [];
  const ids = Array.from({ length: Math.max(before.length, at + 1) }, (_, i) => before[i] ?? null);
  ids[at] = id;
  return { ...types, spots: new Map(types.spots).set(section, ids) };
}

/** The same choice of types, for an area of which fewer tickets are chosen now. */
export function withFewerSpots(types: Types, section: number, wanted: number): Types {
  const ids = types.spots.get(section) ?? [];
  if (ids.length <= wanted) return types;
  return { ...types, spots: new Map(types.spots).set(section, ids.slice(0, wanted)) };
}

function sum(prices: readonly number[]): number {
  return prices.reduce((total, price) => total + price, 0);
}
