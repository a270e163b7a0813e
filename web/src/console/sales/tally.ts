// What was sold, added up by any of date, grade, price type and way of sale. Pure.
import type { Schemas } from "../../api/client.ts";

type Line = Schemas["SalesLine"];
export type By = "date" | "grade" | "type" | "way";

/** The figures that are added up. */
export const COUNTS = [
  "sold",
  "held",
  "blocked",
  "free",
  "cancelled",
  "revenue",
  "booking_fees",
  "cancellation_fees",
  "refunds",
  "net",
] as const;
export type Counts = Readonly<Record<(typeof COUNTS)[number], number>>;

export interface Row {
  /** What the row is of, in the order that was asked for. */
  readonly of: readonly string[];
  readonly counts: Counts;
}

/** A line's value: the id of a date, a grade, the id of a price type ("" for the full price), or how
 * it was sold ("" online). */
export function valueOf(line: Line, by: By): string {
  if (by === "date") return line.performance_id;
  if (by === "grade") return line.grade;
  return (by === "type" ? line.price_type?.id : line.tender) ?? "";
}

/** A row for each combination, in the order in which the lines have them. */
export function rowsBy(lines: readonly Line[], by: readonly By[]): Row[] {
  const rows = new Map<string, { of: string[]; counts: Record<string, number> }>();
  for (const line of lines) {
    const of = by.map((each) => valueOf(line, each));
    const key = JSON.stringify(of);
    const row = rows.get(key) ?? { of, counts: Object.fromEntries(COUNTS.map((it) => [it, 0])) };
    for (const each of COUNTS) row.counts[each] = (row.counts[each] ?? 0) + line[each];
    rows.set(key, row);
  }
  return [...rows.values()].map(({ of, counts }) => ({ of, counts: counts as Counts }));
}

/** Rows as the text of a file for spreadsheets. A text that a spreadsheet would take for a formula
 * gets an apostrophe in front. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number): string => {
    if (typeof value === "number") return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
