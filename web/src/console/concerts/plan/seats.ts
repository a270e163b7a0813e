// What chosen seats are in the words of a concert file: parts of sections with another grade, and
// blocks. Pure.
import { rowOf } from "../../../hall/plan.ts";
import { put } from "../form.ts";
import type { Table } from "../fields.ts";
import type { Drawn } from "./drawn.ts";

/** The rows of seats, each a name and numbers, as a file writes them: rows that are alike and follow
 * one another are one text. */
export function rowTexts(rows: ReadonlyMap<string, readonly number[]>): string[] {
  const texts: { first: string; last: string; spans: string }[] = [];
  for (const [name, numbers] of rows) {
    const spans = spansOf(numbers);
    const before = texts.at(-1);
    if (before?.spans === spans && follows(before.last, name)) before.last = name;
    else texts.push({ first: name, last: name, spans });
  }
  return texts.map(({ first, last, spans }) =>
    first === last ? `${first}:${spans}` : `${first}-${last}:${spans}`,
  );
}

function spansOf(numbers: readonly number[]): string {
  const spans: [number, number][] = [];
  for (const number of [...numbers].sort((one, other) => one - other)) {
    const last = spans.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else spans.push([number, number]);
  }
  return spans.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

/** Whether a row may end a range that another one is in: capital letters, or numbers up to 999. */
function follows(before: string, name: string): boolean {
  if (/^[A-Z]$/.test(before) && /^[A-Z]$/.test(name)) {
    return name.charCodeAt(0) === before.charCodeAt(0) + 1;
  }
  const isNumber = (text: string): boolean => /^[1-9]\d{0,2}$/.test(text);
  return isNumber(before) && isNumber(name) && Number(name) === Number(before) + 1;
}

/** Give seats another grade: their sections get parts, or another grade where they are all of one. */
export function regrade(
  file: Table,
  drawn: Drawn,
  chosen: ReadonlySet<number>,
  grade: string,
): void {
  const tables = (file["sections"] ?? []) as Table[];
  const { plan, tables: of } = drawn;
  const touched = new Set([...chosen].map((seat) => of[rowOf(plan, seat).section]!));
  for (const index of touched) {
    const table = tables[index];
    if (table) putGrades(table, gradesOfTable(drawn, index, chosen, grade));
  }
}

/** Grade → row → numbers, of all seats of a section of the file. */
type Grades = Map<string, Map<string, number[]>>;

function gradesOfTable(
  { plan, tables, labels }: Drawn,
  index: number,
  chosen: ReadonlySet<number>,
  grade: string,
): Grades {
  const found: Grades = new Map();
  for (const { section, name, firstSeat, seats } of plan.rows) {
    if (tables[section] !== index) continue;
    for (let seat = firstSeat; seat < firstSeat + seats; seat++) {
      const now = chosen.has(seat) ? grade : plan.grades[plan.grade[seat]!]!.name;
      const rows = found.get(now) ?? new Map<string, number[]>();
      found.set(now, rows.set(name, [...(rows.get(name) ?? []), Number(labels[seat])]));
    }
  }
  return found;
}

function putGrades(table: Table, grades: Grades): void {
  const own = String(table["grade"]);
  const base = grades.has(own) ? own : largest(grades);
  put(table, "grade", base);
  const parts = [...grades]
    .filter(([grade]) => grade !== base)
    .map(([grade, rows]) => ({ grade, rows: rowTexts(inOrder(rows)) }));
  put(table, "parts", parts.length > 0 ? parts : undefined);
}

function largest(grades: Grades): string {
  const size = (rows: Map<string, number[]>): number =>
    [...rows.values()].reduce((sum, { length }) => sum + length, 0);
  return [...grades].reduce((one, other) => (size(other[1]) > size(one[1]) ? other : one))[0];
}

/** Rows from A to Z and from 1 up, as ranges of a file have them. */
function inOrder(rows: ReadonlyMap<string, number[]>): Map<string, number[]> {
  return new Map(
    [...rows].sort(([one], [other]) => one.length - other.length || (one < other ? -1 : 1)),
  );
}

export interface Wanted {
  readonly name: string;
  readonly reason: string;
}

/** Hold seats back: a block of that name gets them, and other blocks lose them. */
export function block(
  file: Table,
  drawn: Drawn,
  chosen: ReadonlySet<number>,
  { name, reason }: Wanted,
): void {
  const tables = [...((file["blocks"] ?? []) as Table[])];
  const mine = drawn.blocks.findIndex((each) => each.name === name);
  const all = new Set([...chosen, ...(drawn.blocks[mine]?.seats ?? [])]);
  const next = tables.flatMap((table, index) =>
    index === mine ? [written(table, drawn, all, reason)] : without(table, drawn, index, chosen),
  );
  if (mine < 0) next.push(written({ name, reason }, drawn, all, reason));
  put(file, "blocks", next);
}

/** Take seats out of all blocks. */
export function unblock(file: Table, drawn: Drawn, chosen: ReadonlySet<number>): void {
  const tables = (file["blocks"] ?? []) as Table[];
  const next = tables.flatMap((table, index) => without(table, drawn, index, chosen));
  put(file, "blocks", next.length > 0 ? next : undefined);
}

/** A block without seats, or nothing where it has none left. */
function without(table: Table, drawn: Drawn, index: number, chosen: ReadonlySet<number>): Table[] {
  const seats = drawn.blocks[index]?.seats ?? [];
  const left = seats.filter((seat) => !chosen.has(seat));
  if (left.length === seats.length) return [table];
  return left.length === 0 ? [] : [written(table, drawn, new Set(left), String(table["reason"]))];
}

/** A block of these seats, in the shortest words: whole sections, whole rows, single seats. */
function written(table: Table, drawn: Drawn, seats: ReadonlySet<number>, reason: string): Table {
  const { all: _all, sections: _sections, rows: _rows, seats: _seats, ...kept } = table;
  return { ...kept, reason, ...selectionOf(drawn, seats) };
}

/** Seats as a block names them. */
export function selectionOf({ plan, names }: Drawn, seats: ReadonlySet<number>): Table {
  const left = new Set(seats);
  const sections = takenOf(
    left,
    plan.sections.map((each) => [each.name, each]),
  );
  const rows = takenOf(
    left,
    plan.rows.map((each) => [`${plan.sections[each.section]!.name}:${each.name}`, each]),
  );
  const single = [...left].sort((one, other) => one - other).map((seat) => names[seat]!);
  const said = { sections, rows, seats: single };
  return Object.fromEntries(Object.entries(said).filter(([, each]) => each.length > 0));
}

type Span = readonly [name: string, at: { readonly firstSeat: number; readonly seats: number }];

/** The names of which all seats are left, which are taken away. */
function takenOf(left: Set<number>, spans: readonly Span[]): string[] {
  const found = new Map<string, number[]>();
  for (const [name, { firstSeat, seats }] of spans) {
    const own = found.get(name) ?? [];
    for (let seat = firstSeat; seat < firstSeat + seats; seat++) own.push(seat);
    found.set(name, own);
  }
  const whole = [...found].filter(
    ([, own]) => own.length > 0 && own.every((seat) => left.has(seat)),
  );
  for (const seat of whole.flatMap(([, own]) => own)) left.delete(seat);
  return whole.map(([name]) => name);
}

/** The same seats in another drawing, whose plan order may be another one. */
export function kept(before: Drawn, after: Drawn, chosen: ReadonlySet<number>): Set<number> {
  if (chosen.size === 0 || before.names === after.names) return new Set(chosen);
  const called = new Set([...chosen].map((seat) => before.names[seat]));
  const found = new Set<number>();
  after.plan.numbers.forEach((name, seat) => {
    if (called.has(name)) found.add(seat);
  });
  return found;
}
