// What has each seat of a date, as the server's map says it, and what follows from it: counts by grade,
// the largest block, orphans. Pure.
//
// Always holds: place i here is place i of the plan; a place that nothing has is free.
import type { Schemas } from "../../api/client.ts";
import { fromBase64 } from "../../hall/availability.ts";
import { areSideBySide, type Plan } from "../../hall/plan.ts";

export type SeatsAnswer = Schemas["SeatsOfDate"];
export type Held = SeatsAnswer["held"][number];
export type Block = SeatsAnswer["blocked"][number];

export const FREE = 0;
export const HELD = 1;
export const PAID = 2;
export const BLOCKED = 3;
export const CLOSED = 4;
export const STATES = ["free", "held", "paid", "blocked", "closed"] as const;
export type StateName = (typeof STATES)[number];

export interface States {
  /** The state of each place. */
  readonly of: Uint8Array;
  /** Of held places the index of their order, of blocked ones that of their block; else -1. */
  readonly holder: Int32Array;
  readonly held: readonly Held[];
  readonly blocked: readonly Block[];
}

/** Read the server's map. */
export function readStates(answer: SeatsAnswer): States {
  const of = new Uint8Array(answer.places);
  const holder = new Int32Array(answer.places).fill(-1);
  mark(of, answer.paid, PAID);
  mark(of, answer.closed, CLOSED);
  const give = (groups: readonly { readonly places: readonly number[] }[], state: number): void =>
    groups.forEach(({ places }, index) => {
      for (const place of places) {
        of[place] = state;
        holder[place] = index;
      }
    });
  give(answer.held, HELD);
  give(answer.blocked, BLOCKED);
  return { of, holder, held: answer.held, blocked: answer.blocked };
}

function mark(of: Uint8Array, bitmap: string, state: number): void {
  const bits = fromBase64(bitmap);
  for (let byte = 0; byte < bits.length; byte++) {
    if (bits[byte] === 0) continue;
    for (let bit = 0; bit < 8; bit++) {
      const place = byte * 8 + bit;
      if (bits[byte]! & (1 << bit) && place < of.length) of[place] = state;
    }
  }
}

/** The places that are not free, as the bitmap that the map paints from. */
export function takenBits(states: States): Uint8Array {
  const bits = new Uint8Array((states.of.length + 7) >> 3);
  states.of.forEach((state, place) => {
    if (state !== FREE) bits[place >> 3]! |= 1 << (place & 7);
  });
  return bits;
}

/** The order that holds a place, if one does. */
export function holdOf(states: States, place: number): Held | undefined {
  return states.of[place] === HELD ? states.held[states.holder[place]!] : undefined;
}

/** The block that has a place, if one has. */
export function blockOf(states: States, place: number): Block | undefined {
  return states.of[place] === BLOCKED ? states.blocked[states.holder[place]!] : undefined;
}

export interface Counts {
  readonly total: number;
  /** By state. */
  readonly by: readonly number[];
  /** The most free seats side by side. */
  readonly largest: number;
  /** Free seats with no free seat beside them, and a taken one on at least one side. */
  readonly orphans: number;
}

/** Counts of each grade of the plan. */
export function countGrades(plan: Plan, states: States): Counts[] {
  const made = plan.grades.map(() => ({
    total: 0,
    by: STATES.map(() => 0),
    largest: 0,
    orphans: 0,
  }));
  for (let place = 0; place < states.of.length; place++) {
    const counts = made[plan.grade[place]!]!;
    counts.total++;
    counts.by[states.of[place]!]!++;
  }
  for (const { seats, grade } of runs(plan, states)) {
    const counts = made[grade]!;
    counts.largest = Math.max(counts.largest, seats.length);
  }
  for (const seat of orphans(plan, states)) made[plan.grade[seat]!]!.orphans++;
  return made;
}

/** All grades together. */
export function total(counts: readonly Counts[]): Counts {
  return {
    total: sum(counts.map((each) => each.total)),
    by: STATES.map((_, state) => sum(counts.map((each) => each.by[state]!))),
    largest: Math.max(0, ...counts.map((each) => each.largest)),
    orphans: sum(counts.map((each) => each.orphans)),
  };
}

interface Run {
  readonly grade: number;
  readonly seats: readonly number[];
}

/** Free seats of one grade that stand side by side; areas have none. */
function* runs(plan: Plan, states: States): Generator<Run> {
  let seats: number[] = [];
  for (let seat = 0; seat < plan.x.length; seat++) {
    const before = seats.at(-1);
    const goes = before !== undefined && states.of[seat] === FREE && isNext(plan, before, seat);
    if (!goes && before !== undefined) {
      yield { grade: plan.grade[before]!, seats };
      seats = [];
    }
    if (states.of[seat] === FREE) seats.push(seat);
  }
  if (seats.length > 0) yield { grade: plan.grade[seats[0]!]!, seats };
}

function isNext(plan: Plan, seat: number, other: number): boolean {
  return areSideBySide(plan, seat, other) && plan.grade[seat] === plan.grade[other];
}

/** The longest run of free seats side by side, of a grade or of all; empty when none is free. */
export function largestBlock(plan: Plan, states: States, grade: number | null): number[] {
  let best: readonly number[] = [];
  for (const run of runs(plan, states)) {
    if ((grade === null || run.grade === grade) && run.seats.length > best.length) best = run.seats;
  }
  return [...best];
}

/** Single free seats beside taken ones: hard to sell to two. */
export function orphans(plan: Plan, states: States): number[] {
  const found: number[] = [];
  for (let seat = 0; seat < plan.x.length; seat++) {
    if (states.of[seat] !== FREE) continue;
    const sides = [seat - 1, seat + 1].filter(
      (other) => other >= 0 && other < plan.x.length && areSideBySide(plan, seat, other),
    );
    if (sides.length > 0 && sides.every((other) => states.of[other] !== FREE)) found.push(seat);
  }
  return found;
}

/** The longest time that a seat is held, from its order; null when none is. */
export function oldestHold(states: States, now: number): number | null {
  if (states.held.length === 0) return null;
  return Math.max(...states.held.map(({ since }) => now - Date.parse(since)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
