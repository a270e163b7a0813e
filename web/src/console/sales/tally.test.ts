import { describe, expect, it } from "vitest";
import { COUNTS, csv, rowsBy } from "./tally.ts";

type Line = Parameters<typeof rowsBy>[0][number];

function line(performance_id: string, grade: string, sold: number, more: Partial<Line> = {}): Line {
  const counts = Object.fromEntries(COUNTS.map((name) => [name, 0]));
  return {
    ...(counts as unknown as Line),
    performance_id,
    grade,
    sold,
    revenue: sold * 1000,
    starts_at: "2030-05-03T11:00:00.000Z",
    starts_at_local: null,
    tender: null,
    price_type: null,
    ...more,
  };
}

const LINES = [
  line("may-3", "R", 5),
  line("may-3", "S", 2),
  line("may-3", "R", 1, { tender: "cash" }),
  line("may-4", "R", 7),
];

describe("sales", () => {
  it("are added up by date and grade", () => {
    const rows = rowsBy(LINES, ["date", "grade"]);
    expect(rows.map(({ of, counts }) => [...of, counts.sold, counts.revenue])).toEqual([
      ["may-3", "R", 6, 6000],
      ["may-3", "S", 2, 2000],
      ["may-4", "R", 7, 7000],
    ]);
  });

  it("are added up by how they were sold", () => {
    const rows = rowsBy(LINES, ["way"]);
    expect(rows.map(({ of, counts }) => [...of, counts.sold])).toEqual([
      ["", 14],
      ["cash", 1],
    ]);
  });
});

describe("a file for spreadsheets", () => {
  it("quotes what has to be quoted and begins no formula", () => {
    expect(
      csv([
        ["a,b", 'say "hi"', -3],
        ["=1+1", "-x", "plain"],
      ]),
    ).toBe('"a,b","say ""hi""",-3\r\n\'=1+1,\'-x,plain\r\n');
  });
});
