// A plan that the server has drawn of a form, and what of the form each part of it is. Pure.
import type { Schemas } from "../../../api/client.ts";
import { unknownAvailability, type Availability } from "../../../hall/availability.ts";
import type { PlanAnswer } from "../../../hall/contract.ts";
import { readPlan, type Plan } from "../../../hall/plan.ts";
import type { Point } from "../../../hall/shapes.ts";
import { readStates, type States } from "../../seats/states.ts";
import type { Table } from "../fields.ts";

export type DrawnAnswer = Omit<Schemas["DrawnPlan"], "plan"> & { plan: PlanAnswer };
export type DrawnBlock = Schemas["DrawnBlock"];

export interface Drawn {
  /** The hall that it is of, as a text. */
  readonly of: string;
  /** The same as tables. */
  readonly hall: Table;
  readonly plan: Plan;
  /** Where the file's (0, 0) is on the plan. */
  readonly origin: Point;
  /** Which of the file's sections each section of the plan is of; areas are not among them. */
  readonly tables: readonly number[];
  /** The reference point of the table of each section of the plan, in the file's units. */
  readonly points: readonly Point[];
  readonly blocks: readonly DrawnBlock[];
  /** The number of each seat within its row. */
  readonly labels: readonly string[];
  /** What each place is called: all seats, then the entry numbers of areas. */
  readonly names: readonly string[];
}

/** A section or an area of the file, by its place there. */
export interface Part {
  readonly kind: "sections" | "areas";
  readonly index: number;
}

/** What of a concert file is its hall: what the editor and the fields around it edit. */
const HALL = ["numbering", "sections", "areas", "stage", "marks", "blocks"] as const;
/** What its plan follows from besides. */
const BESIDES = ["time_zone", "grades"] as const;

/** What the plan of a file follows from, as a text that is the same as long as its plan is. */
export function hallOf(file: Table): string {
  return textOf(file, [...BESIDES, ...HALL]);
}

/** What of it can be undone: not the grades, prices and the time zone, which other panels edit. */
export function editedOf(file: Table): string {
  return textOf(file, HALL);
}

function textOf(file: Table, names: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, file[name]])));
}

/** Whether there is something to draw. */
export function hasHall(file: Table): boolean {
  return [file["sections"], file["areas"]].some((each) => Array.isArray(each) && each.length > 0);
}

/** Put what can be undone back as it was: only what is different of it. */
export function restoreHall(file: Table, text: string): void {
  const wanted = JSON.parse(text) as Table;
  for (const name of HALL) {
    if (JSON.stringify(file[name]) === JSON.stringify(wanted[name])) continue;
    if (wanted[name] === undefined) delete file[name];
    else file[name] = wanted[name];
  }
}

/** Read the server's answer to a hall. */
export function readDrawn(of: string, { plan: answer, ...said }: DrawnAnswer): Drawn {
  const areas = (answer.areas ?? []).flatMap(({ entry_numbers: { before, after, first, last } }) =>
    Array.from({ length: last - first + 1 }, (_, at) => `${before}${first + at}${after}`),
  );
  return {
    of,
    hall: JSON.parse(of) as Table,
    plan: readPlan(answer),
    origin: [said.origin.x, said.origin.y],
    tables: said.sections.map(({ table }) => table),
    points: said.sections.map(({ x, y }) => [x, y]),
    blocks: said.blocks,
    labels: answer.seats.label ?? [],
    names: [...answer.seats.number, ...areas],
  };
}

/** Which part of the file a section of the plan is of. */
export function partOf({ tables }: Drawn, section: number): Part {
  const table = tables[section];
  if (table !== undefined) return { kind: "sections", index: table };
  return { kind: "areas", index: section - tables.length };
}

/** The sections of the plan that are of a part of the file. */
export function sectionsOf(drawn: Drawn, { kind, index }: Part): number[] {
  if (kind === "areas") {
    const section = drawn.tables.length + index;
    return section < drawn.plan.sections.length ? [section] : [];
  }
  return drawn.tables.flatMap((table, section) => (table === index ? [section] : []));
}

/** The table of a part. */
export function tableOf(file: Table, { kind, index }: Part): Table | undefined {
  return ((file[kind] ?? []) as Table[])[index];
}

/** The reference point of a section that was drawn, in the file's units. */
export function pointOfPart(drawn: Drawn, part: Part): Point {
  return drawn.points[sectionsOf(drawn, part)[0] ?? -1] ?? [0, 0];
}

/** A point of the plan in the file's units. */
export function inFile({ origin }: Pick<Drawn, "origin">, [x, y]: Point): Point {
  return [x - origin[0], y - origin[1]];
}

/** The seats of blocks as the map of states shows them. */
export function blockedIn({ plan, blocks, hall }: Drawn): States {
  const tables = (hall["blocks"] ?? []) as Table[];
  return readStates({
    performance_id: "",
    plan: "",
    places: plan.places,
    paid: "",
    closed: "",
    held: [],
    blocked: blocks.map(({ name, reason, seats }, index) => {
      const color = tables[index]?.["color"];
      const of = { name, reason, note: "", releases_at: null, places: seats };
      return { ...of, color: typeof color === "string" ? color : null };
    }),
  });
}

/** Every place of a plan as one that is free. */
export function allFree(plan: Plan): Availability {
  const made = unknownAvailability(plan);
  made.bits.fill(0);
  made.version = 1;
  made.left = plan.places;
  plan.sections.forEach(({ seats }, section) => (made.leftInSection[section] = seats));
  plan.seatsOfGrade.forEach((seats, grade) => (made.leftInGrade[grade] = seats));
  return made;
}

/** A point in the file's units on the plan. */
export function inPlan({ origin }: Pick<Drawn, "origin">, [x, y]: Point): Point {
  return [x + origin[0], y + origin[1]];
}
