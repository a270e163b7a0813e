// Between a concert file's values and the inputs of the form. Pure.
import type { FieldOf, Kind, Table, TableOf, Value } from "./fields.ts";

/** A value as an input shows it. */
export function shown(kind: Kind, value: Value | undefined): string {
  if (value === undefined) return "";
  if (kind === "moment") return String(value).slice(0, 16);
  if (kind === "lines") return Array.isArray(value) ? value.join("\n") : "";
  if (kind === "prices") {
    return Object.entries(value as Table)
      .map(([grade, price]) => `${grade} = ${String(price)}`)
      .join("\n");
  }
  return String(value);
}

/** What was typed, as the file has it; undefined where the input is empty. What is no number stays a
 * text, which the server refuses by its field. */
export function typed(kind: Kind, text: string, offset: string): Value | undefined {
  if (text.trim() === "") return undefined;
  switch (kind) {
    case "whole":
    case "number": {
      const number = Number(text);
      return Number.isFinite(number) ? number : text;
    }
    case "moment":
      return `${text}:00${offset}`;
    case "lines":
      return text
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
    case "prices":
      return prices(text);
    default:
      return text;
  }
}

function prices(text: string): Table {
  const found: Table = {};
  for (const line of text.split("\n")) {
    const at = line.lastIndexOf("=");
    const grade = (at < 0 ? line : line.slice(0, at)).trim();
    const price =
      at < 0
        ? ""
        : line
            .slice(at + 1)
            .replaceAll(",", "")
            .trim();
    if (grade !== "") found[grade] = typed("whole", price, "") ?? "";
  }
  return found;
}

/** The offset that a time without a zone of its concert is written with: that of the time before, or
 * of this browser. With a zone the server knows it. */
export function offsetOf(zone: Value | undefined, before: Value | undefined, now: Date): string {
  if (typeof zone === "string" && zone !== "") return "";
  const known = /(Z|[+-]\d\d:\d\d)$/.exec(typeof before === "string" ? before : "");
  if (known?.[1]) return known[1];
  const minutes = -now.getTimezoneOffset();
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? "-" : "+"}${two(hours)}:${two(rest)}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

/** A table as a text that is the same in whatever order its fields were written. */
export function inOneOrder(table: Table): string {
  return JSON.stringify(table, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  });
}

/** Put a value into a table; undefined takes it out. */
export function put(table: Table, name: string, value: Value | undefined): void {
  if (value === undefined) delete table[name];
  else table[name] = value;
}

/** Put a value into a table of one inside of another: it is there as long as it has something. */
export function putInside(
  outer: Table,
  of: TableOf,
  field: FieldOf,
  value: Value | undefined,
): void {
  const inner = (outer[of.name] ?? {}) as Table;
  put(inner, field.name, value);
  const isEmpty = Object.keys(inner).length === 0;
  put(outer, of.name, isEmpty ? undefined : inner);
}

/** Begin a table inside of a single one that is not there yet. */
export function begin(outer: Table, of: TableOf, inside: TableOf): void {
  put(outer, of.name, { [inside.name]: inside.many ? [{}] : {} });
}

/** A new entry of a table of many. */
export function blank(of: TableOf, file: Table): Table {
  const entry: Table = {};
  for (const { name, kind, required } of of.fields) {
    if (!required) continue;
    if (typeof kind !== "string") entry[name] = kind[0] ?? "";
    else if (name === "grade") entry[name] = gradesOf(file)[0] ?? "";
  }
  return entry;
}

/** The names of a file's grades. */
export function gradesOf(file: Table): string[] {
  const grades = (file["grades"] ?? []) as readonly Table[];
  return grades.map(({ name }) => String(name ?? ""));
}

/** A new concert, of which the form asks the rest. */
export function newConcert(zone: string): Table {
  return {
    time_zone: zone,
    hidden: true,
    numbering: "{row}-{seat}",
    queue: { active_limit: 100, admit_per_minute: 300 },
    grades: [{ name: "R" }],
    sections: [],
    performances: [{}],
  };
}

/** Rows of a section: `rows` of them from a letter on, each with `seats` seats, and an aisle one
 * seat wide after each of these numbers. */
export function rowsOf(first: string, rows: number, seats: number, aisles: number[]): string[] {
  const numbers = spans(seats, aisles);
  const start = first.trim();
  if (rows <= 1) return [`${start}:${numbers}`];
  const last = after(start, rows - 1);
  return last === null
    ? Array.from({ length: rows }, (_, i) => `${numbered(start, i)}:${numbers}`)
    : [`${start}-${last}:${numbers}`];
}

/** The name of the row behind such rows, where names say that; else that of the first. */
export function rowAfter(first: string, rows: number): string {
  const start = first.trim();
  const isLetter = /^[A-Z]$/.test(start) && rows <= 26;
  return after(start, rows) ?? (isLetter ? numbered(start, rows) : start);
}

function spans(seats: number, aisles: number[]): string {
  const found: string[] = [];
  let from = 1;
  let shift = 0;
  for (const aisle of [...aisles].sort((a, b) => a - b)) {
    if (aisle < from || aisle >= seats) continue;
    found.push(`${from + shift}-${aisle + shift}`);
    from = aisle + 1;
    shift += 1;
  }
  found.push(`${from + shift}-${seats + shift}`);
  return found.join(",");
}

/** The name of the row that many steps later, within one alphabet or among numbers; null where that has an end. */
function after(first: string, steps: number): string | null {
  if (/^\d+$/.test(first)) return String(Number(first) + steps);
  if (!/^[A-Z]$/.test(first)) return null;
  const code = first.charCodeAt(0) + steps;
  return code <= "Z".charCodeAt(0) ? String.fromCharCode(code) : null;
}

function numbered(first: string, i: number): string {
  const code = first.charCodeAt(0) + i;
  if (!/^[A-Z]$/.test(first)) return i === 0 ? first : `${first}${i + 1}`;
  const z = "Z".charCodeAt(0);
  return code <= z ? String.fromCharCode(code) : `A${String.fromCharCode(code - 26)}`;
}
