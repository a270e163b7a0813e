// Which seats an operator has chosen, and by what: a seat, a row, a line drawn round them, or their
// names. Pure.
import { rowOf, sectionOf, type Plan } from "../../hall/plan.ts";
import { boundsOf, contains, type Point } from "../../hall/shapes.ts";
import { FREE, HELD, PAID, BLOCKED, type States } from "./states.ts";

/** The seats that one call takes at most. */
export const CHOSEN_MAX = 5_000;
/** The seats that are sold at once at most. */
export const SOLD_MAX = 100;

export type Way = "seat" | "row" | "lasso";

/** The seats that one tap means. */
export function tapped(plan: Plan, seat: number, way: Way): number[] {
  if (way !== "row") return [seat];
  const { firstSeat, seats } = rowOf(plan, seat);
  return Array.from({ length: seats }, (_, index) => firstSeat + index);
}

/** The seats inside a line that was drawn round them. */
export function within(plan: Plan, line: readonly Point[]): number[] {
  if (line.length < 3) return [];
  const box = boundsOf(line);
  const found: number[] = [];
  for (let seat = 0; seat < plan.x.length; seat++) {
    const [x, y] = [plan.x[seat]!, plan.y[seat]!];
    if (x < box.left || x > box.right || y < box.top || y > box.bottom) continue;
    if (contains(line, [x, y])) found.push(seat);
  }
  return found;
}

/** All of these chosen, or none of them where all were chosen already. */
export function toggled(chosen: ReadonlySet<number>, seats: readonly number[]): Set<number> {
  const next = new Set(chosen);
  const has = seats.every((seat) => chosen.has(seat));
  for (const seat of seats) {
    if (has) next.delete(seat);
    else next.add(seat);
  }
  return next;
}

export interface Named {
  readonly seats: readonly number[];
  /** What the plan does not have. */
  readonly unknown: readonly string[];
}

/** Seats by what is typed: their numbers, or rows as `SECTION:ROW`. */
export function named(plan: Plan, text: string): Named {
  const numbers = new Map(plan.numbers.map((number, seat) => [number, seat]));
  const seats: number[] = [];
  const unknown: string[] = [];
  for (const word of text.split(/[\s,]+/).filter((each) => each !== "")) {
    const seat = numbers.get(word);
    const row = seat === undefined ? rowNamed(plan, word) : [seat];
    if (row.length > 0) seats.push(...row);
    else unknown.push(word);
  }
  return { seats, unknown };
}

function rowNamed(plan: Plan, word: string): number[] {
  return plan.rows
    .filter(({ section, name }) => `${plan.sections[section]!.name}:${name}` === word)
    .flatMap(({ firstSeat, seats }) => Array.from({ length: seats }, (_, at) => firstSeat + at));
}

export interface Kinds {
  readonly free: readonly number[];
  readonly held: readonly number[];
  readonly paid: readonly number[];
  readonly blocked: readonly number[];
}

/** The chosen seats by what has them, in plan order. */
export function byKind(states: States, chosen: Iterable<number>): Kinds {
  const seats = [...chosen].sort((one, other) => one - other);
  const of = (state: number): number[] => seats.filter((seat) => states.of[seat] === state);
  return { free: of(FREE), held: of(HELD), paid: of(PAID), blocked: of(BLOCKED) };
}

/** The orders of held seats; those that are being paid by card cannot be freed. */
export function ordersOf(states: States, seats: readonly number[]) {
  const found = [...new Set(seats.map((seat) => states.holder[seat]!))];
  return found.flatMap((index) => states.held[index] ?? []);
}

/** The blocks of blocked seats, each with those that are meant. */
export function blocksOf(states: States, seats: readonly number[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const seat of seats) {
    const block = states.blocked[states.holder[seat]!];
    if (block) found.set(block.name, [...(found.get(block.name) ?? []), seat]);
  }
  return found;
}

/** What the server calls seats. */
export function numbersOf(plan: Plan, seats: readonly number[]): string[] {
  return seats.map((seat) => plan.numbers[seat]!);
}

/** Where a seat is, and which it is: for readers and the hint under the mouse. */
export function seatWords(plan: Plan, seat: number): string {
  const section = plan.sections[sectionOf(plan, seat)]!;
  return `${section.name} · ${plan.numbers[seat]!}`;
}
