// The plan as a list: floors → sections → rows, for keyboards and screen readers. Pure.
//
// Always holds: the rows of one section at a time become seats in the page, and of a very large
// section one row at a time, so that 50,000 seats never become 50,000 buttons.
import { isFree, type Availability } from "../../hall/availability.ts";
import type { Plan } from "../../hall/plan.ts";

export interface ListedSection {
  readonly section: number;
  /** Free seats, of the wanted grades only. */
  readonly left: number;
  /** The cheapest and the dearest of its free seats, or of all when none is free. */
  readonly priceFrom: number;
  readonly priceTo: number;
}

export interface ListedFloor {
  readonly name: string | null;
  readonly sections: readonly ListedSection[];
}

/** Sections of more seats than this open row by row. */
export const SEATS_SHOWN_AT_ONCE = 300;

/** The sections that have seats of a grade (of any, when it is null), floor by floor; a floor has its
 * English name where that is read. */
export function listSections(
  plan: Plan,
  availability: Availability,
  grade: number | null,
  english = false,
): ListedFloor[] {
  const floors = new Map<string | null, ListedSection[]>();
  plan.sections.forEach(({ floor: own, floorEn }, section) => {
    const floor = (english && floorEn) || own;
    const listed = listSection(plan, availability, section, grade);
    if (listed === null) return;
    if (!floors.has(floor)) floors.set(floor, []);
    floors.get(floor)!.push(listed);
  });
  return [...floors].map(([name, sections]) => ({ name, sections }));
}

function listSection(
  plan: Plan,
  availability: Availability,
  section: number,
  grade: number | null,
): ListedSection | null {
  const grades = leftOfGrades(plan, availability, section);
  const wanted = [...grades].filter(([each]) => grade === null || each === grade);
  if (wanted.length === 0) return null;
  const open = wanted.filter(([, left]) => left > 0);
  const prices = (open.length > 0 ? open : wanted).map(([each]) => plan.grades[each]!.price);
  return {
    section,
    left: open.reduce((sum, [, left]) => sum + left, 0),
    priceFrom: Math.min(...prices),
    priceTo: Math.max(...prices),
  };
}

/** Grade → free seats, for each grade that the section has seats of. */
export function leftOfGrades(
  plan: Plan,
  availability: Availability,
  section: number,
): Map<number, number> {
  const { firstSeat, seats, isArea, grade: only } = plan.sections[section]!;
  if (isArea) return new Map([[only, availability.leftInSection[section]!]]);
  const left = new Map<number, number>();
  for (let seat = firstSeat; seat < firstSeat + seats; seat++) {
    const grade = plan.grade[seat]!;
    left.set(grade, (left.get(grade) ?? 0) + (isFree(availability, seat) ? 1 : 0));
  }
  return left;
}

export interface ListedRow {
  readonly row: number;
  readonly name: string;
  readonly seats: readonly number[];
  readonly left: number;
}

/** The rows of a section with their seats of the wanted grade, without the rows that have none. */
export function listRows(
  plan: Plan,
  availability: Availability,
  section: number,
  grade: number | null,
): ListedRow[] {
  const { firstRow, rows } = plan.sections[section]!;
  const listed: ListedRow[] = [];
  for (let row = firstRow; row < firstRow + rows; row++) {
    const { name, firstSeat, seats: count } = plan.rows[row]!;
    const seats = Array.from({ length: count }, (_, at) => firstSeat + at).filter(
      (seat) => grade === null || plan.grade[seat] === grade,
    );
    const left = seats.filter((seat) => isFree(availability, seat)).length;
    if (seats.length > 0) listed.push({ row, name, seats, left });
  }
  return listed;
}
