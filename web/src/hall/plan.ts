// The plan of a hall as the map and the list read it: columns in typed arrays, and what follows
// from them once (rows' and sections' bounds, the usual distance of two seats, short seat labels).
//
// An area without seats is a section without rows: its spots have a bit in the bitmap, after all
// seats, and no place on the plan.
//
// Always holds: seat i here is seat i of the server's availability bitmap; the seats of a section
// and of a row are contiguous; a plan is never changed after it was made.
import { around, boundsOf, grown, withoutNotches, type Bounds, type Point } from "./shapes.ts";
import type { Schemas } from "../api/client.ts";
import { countGrades, gradeOfEachPlace, readArea } from "./areas.ts";
import type { PlanAnswer } from "./contract.ts";

export interface Grade {
  /** What the server calls it. */
  readonly name: string;
  readonly nameEn?: string | null;
  readonly price: number;
  /** Index into the palette of the page. */
  readonly color: number;
  /** What the same seats cost fans who may have another price. */
  readonly types: readonly Schemas["OfferedType"][];
}

export interface Section {
  readonly name: string;
  readonly nameEn: string | null;
  readonly floor: string | null;
  readonly floorEn: string | null;
  /** Index of the grade that most of its seats have. */
  readonly grade: number;
  /** Indices of all grades that it has seats of. */
  readonly grades: readonly number[];
  readonly outline: readonly Point[];
  /** The outline as it looks from afar. */
  readonly shape: readonly Point[];
  readonly label: Point;
  readonly bounds: Bounds;
  readonly firstSeat: number;
  readonly seats: number;
  readonly firstRow: number;
  readonly rows: number;
  /** Whether it has no seats: tickets for it are sold by count. */
  readonly isArea: boolean;
}

export interface Row {
  readonly section: number;
  readonly name: string;
  readonly firstSeat: number;
  readonly seats: number;
  readonly bounds: Bounds;
}

export interface Plan {
  /** Everything lies within it, from the origin. */
  readonly size: { readonly width: number; readonly height: number };
  /** What is worth seeing: the stage and the sections, with room for the names of rows. */
  readonly bounds: Bounds;
  readonly stage: Bounds & { readonly label: string; readonly labelEn: string | null };
  readonly grades: readonly Grade[];
  /** How many seats each grade has here; a grade may have none. */
  readonly seatsOfGrade: readonly number[];
  /** The same without the spots of areas. */
  readonly seatedOfGrade: readonly number[];
  /** All seats and all spots of areas: as many bits as the bitmap has. */
  readonly places: number;
  readonly sections: readonly Section[];
  readonly rows: readonly Row[];
  /** The whole number of each seat, such as "101-A-12": what the server calls it. */
  readonly numbers: readonly string[];
  /** What is written on the seat itself, such as "12". */
  readonly labels: readonly string[];
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly grade: Uint32Array;
  readonly row: Uint32Array;
  /** The usual distance of two neighbours in a row, in units of the plan. */
  readonly pitch: number;
  /** Seat → what is special about it; seats without marks are not in it. */
  readonly marks: ReadonlyMap<number, readonly SeatMark[]>;
}

export type SeatMark = Schemas["SeatMark"];

/** Only for fans who have seen the mark: such seats are not offered in place of others. */
const NOT_OFFERED: readonly SeatMark["mark"][] = ["wheelchair", "companion", "restricted_view"];

/** The names of rows stand this far outside, in seats. */
const EDGE_SEATS = 1.2;

/** Unevenness from here up to a whole seat is not seen from afar; the steps of an arc are less. */
const NOTCH_MIN = 0.12;

/** Turn the server's answer into a plan. Takes a few milliseconds for 50,000 seats. */
export function readPlan(answer: PlanAnswer): Plan {
  const x = Float32Array.from(answer.seats.x);
  const y = Float32Array.from(answer.seats.y);
  const rows = answer.rows.map((row) => readRow(row, x, y));
  const pitch = usualDistance(rows, x, y);
  const stage = readStage(answer.stage);
  const areas = answer.areas ?? [];
  const sections = [
    ...answer.sections.map((section, index) =>
      readSection(section, index, rows, answer.seats.grade, pitch),
    ),
    ...areas.map(readArea),
  ];
  const seatedOfGrade = countGrades(answer.grades.length, answer.seats.grade);
  return {
    size: answer.size,
    bounds: grown(around([stage, ...sections.map(({ bounds }) => bounds)]), pitch * EDGE_SEATS),
    stage,
    grades: answer.grades.map(({ name, name_en, price, color, types }) => ({
      name,
      nameEn: name_en ?? null,
      price,
      color,
      types: types ?? [],
    })),
    seatsOfGrade: seatedOfGrade.map((seated, grade) =>
      areas.filter((area) => area.grade === grade).reduce((sum, { seats }) => sum + seats, seated),
    ),
    seatedOfGrade,
    places: areas.reduce((sum, { seats }) => sum + seats, x.length),
    sections,
    rows,
    numbers: answer.seats.number,
    labels: seatLabels(answer.seats.number, rows),
    x,
    y,
    grade: gradeOfEachPlace(answer.seats.grade, areas),
    row: rowOfEachSeat(rows, x.length),
    pitch,
    marks: marksOfSeats(answer.marks ?? []),
  };
}

/** The marks of a seat. */
export function marksOf(plan: Plan, seat: number): readonly SeatMark[] {
  return plan.marks.get(seat) ?? [];
}

/** Whether a seat may be offered to a fan who did not ask for it. */
export function mayOffer(plan: Plan, seat: number): boolean {
  return !marksOf(plan, seat).some(({ mark }) => NOT_OFFERED.includes(mark));
}

/** Index of the section that a seat, or the area that a spot, is in. */
export function sectionOf(plan: Plan, seat: number): number {
  if (seat < plan.x.length) return rowOf(plan, seat).section;
  return plan.sections.findIndex(
    ({ isArea, firstSeat, seats }) => isArea && seat >= firstSeat && seat < firstSeat + seats,
  );
}

/** The row that a seat is in. */
export function rowOf(plan: Plan, seat: number): Row {
  return plan.rows[plan.row[seat]!]!;
}

/** What a seat costs. */
export function priceOf(plan: Plan, seat: number): number {
  return plan.grades[plan.grade[seat]!]!.price;
}

/** Numbers of the server as indices of the plan; numbers that the plan doesn't have are left out. */
export function seatsByNumber(plan: Plan, numbers: readonly string[]): number[] {
  const wanted = new Set(numbers);
  const found: number[] = [];
  plan.numbers.forEach((number, seat) => {
    if (wanted.has(number)) found.push(seat);
  });
  return found;
}

/** Whether two seats stand side by side: next to each other in one row, with no aisle between. */
export function areSideBySide(plan: Plan, one: number, other: number): boolean {
  if (Math.abs(one - other) !== 1 || plan.row[one] !== plan.row[other]) return false;
  return distance(plan, one, other) <= plan.pitch * 1.6;
}

/** How far two seats are apart, in units of the plan. */
export function distance(plan: Plan, one: number, other: number): number {
  return Math.hypot(plan.x[one]! - plan.x[other]!, plan.y[one]! - plan.y[other]!);
}

function marksOfSeats(marks: NonNullable<PlanAnswer["marks"]>): Plan["marks"] {
  const found = new Map<number, SeatMark[]>();
  for (const { seats, ...mark } of marks) {
    for (const seat of seats) found.set(seat, [...(found.get(seat) ?? []), mark]);
  }
  return found;
}

function readStage(stage: PlanAnswer["stage"]): Plan["stage"] {
  return {
    left: stage.x,
    top: stage.y,
    right: stage.x + stage.width,
    bottom: stage.y + stage.height,
    label: stage.label ?? "STAGE",
    labelEn: stage.label_en ?? null,
  };
}

function readRow(row: PlanAnswer["rows"][number], x: Float32Array, y: Float32Array): Row {
  const points: Point[] = [];
  for (let seat = row.first_seat; seat < row.first_seat + row.seats; seat++) {
    points.push([x[seat]!, y[seat]!]);
  }
  return {
    section: row.section,
    name: row.name,
    firstSeat: row.first_seat,
    seats: row.seats,
    bounds: boundsOf(points),
  };
}

function readSection(
  section: PlanAnswer["sections"][number],
  index: number,
  rows: readonly Row[],
  grades: readonly number[],
  pitch: number,
): Section {
  const outline = section.outline as unknown as readonly Point[];
  const label: Point = [section.label.x, section.label.y];
  const firstRow = rows.findIndex((row) => row.section === index);
  return {
    name: section.name,
    nameEn: section.name_en ?? null,
    floor: section.floor ?? null,
    floorEn: section.floor_en ?? null,
    grade: section.grade,
    grades: [...new Set(grades.slice(section.first_seat, section.first_seat + section.seats))],
    outline,
    shape: withoutNotches(outline, NOTCH_MIN * pitch, pitch),
    label,
    bounds: boundsOf(outline),
    firstSeat: section.first_seat,
    seats: section.seats,
    firstRow,
    rows: rows.filter((row) => row.section === index).length,
    isArea: false,
  };
}

function rowOfEachSeat(rows: readonly Row[], seats: number): Uint32Array {
  const row = new Uint32Array(seats);
  rows.forEach(({ firstSeat, seats: count }, index) =>
    row.fill(index, firstSeat, firstSeat + count),
  );
  return row;
}

/** The median over all rows, so that aisles and odd rows don't count. */
function usualDistance(rows: readonly Row[], x: Float32Array, y: Float32Array): number {
  const distances: number[] = [];
  for (const { firstSeat, seats } of rows) {
    for (let seat = firstSeat + 1; seat < firstSeat + seats; seat++) {
      distances.push(Math.hypot(x[seat]! - x[seat - 1]!, y[seat]! - y[seat - 1]!));
    }
  }
  distances.sort((one, other) => one - other);
  return distances[distances.length >> 1] ?? 10;
}

/** "101-A-12" in row "A" is 12, "A7" in row "A" is 7, "12" is 12. */
function seatLabels(numbers: readonly string[], rows: readonly Row[]): string[] {
  const labels = [...numbers];
  for (const { firstSeat, seats, name } of rows) {
    for (let seat = firstSeat; seat < firstSeat + seats; seat++) {
      labels[seat] = seatLabel(numbers[seat]!, name);
    }
  }
  return labels;
}

function seatLabel(number: string, row: string): string {
  const last = number.split(/[-\s_/·.:]+/).at(-1) || number;
  const bare = row && last.startsWith(row) ? last.slice(row.length) : last;
  return bare || last;
}
