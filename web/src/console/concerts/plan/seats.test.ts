import { describe, expect, it } from "vitest";
import { countsOf } from "./counts.ts";
import { block, kept, regrade, rowTexts, selectionOf, unblock } from "./seats.ts";
import { drawingOf, hallFile } from "./testing.ts";
import type { Table } from "../fields.ts";

// Seats 0 to 3 are row A of 1F, 4 to 7 its row B, 8 to 10 the row of 2F; 11 to 15 are in the area.
const ROW_A = [0, 1, 2, 3];
const ROW_B = [4, 5, 6, 7];

function sectionsOf(file: Table): Table[] {
  return file["sections"] as Table[];
}

describe("rows in the words of a file", () => {
  it("are spans of numbers, and ranges of rows that are alike", () => {
    const texts = (rows: Record<string, number[]>): string[] =>
      rowTexts(new Map(Object.entries(rows)));
    expect(texts({ A: [3, 1, 2, 7] })).toEqual(["A:1-3,7"]);
    expect(texts({ A: [1, 2], B: [1, 2], C: [1], E: [1] })).toEqual(["A-B:1-2", "C:1", "E:1"]);
    expect(rowTexts(new Map([9, 10].map((row) => [String(row), [5]])))).toEqual(["9-10:5"]);
    expect(texts({ 가: [1], 나: [1] })).toEqual(["가:1", "나:1"]);
  });
});

describe("another grade", () => {
  it("is a part of the section, and its seats keep their numbers", () => {
    const file = hallFile();
    regrade(file, drawingOf(file), new Set([1, 2, 5, 6]), "S");
    expect(sectionsOf(file)[1]).toEqual({
      name: "1F",
      grade: "R",
      rows: ["A-B:1-4"],
      parts: [{ grade: "S", rows: ["A-B:2-3"] }],
    });
    expect(sectionsOf(file)[2]).toEqual({ name: "2F", grade: "R", rows: ["A:1-3"] });
  });

  it("is the section's own where all of it is chosen", () => {
    const file = hallFile();
    regrade(file, drawingOf(file), new Set([...ROW_A, ...ROW_B, 8]), "S");
    expect(sectionsOf(file)[1]).toEqual({ name: "1F", grade: "S", rows: ["A-B:1-4"] });
    expect(sectionsOf(file)[2]!["parts"]).toEqual([{ grade: "S", rows: ["A:1"] }]);
  });

  it("takes parts away again", () => {
    const file = hallFile();
    sectionsOf(file)[1]!["parts"] = [{ grade: "S", rows: ["A:1"] }];
    // As it was drawn, all of it has the section's grade.
    regrade(file, drawingOf(file), new Set([0]), "R");
    expect(sectionsOf(file)[1]).not.toHaveProperty("parts");
  });
});

describe("seats that are held back", () => {
  it("are whole sections, whole rows and single seats", () => {
    const drawn = drawingOf(hallFile());
    expect(selectionOf(drawn, new Set([...ROW_A, ...ROW_B, 8]))).toEqual({
      sections: ["1F"],
      seats: ["2F-A-1"],
    });
    expect(selectionOf(drawn, new Set(ROW_B))).toEqual({ rows: ["1F:B"] });
    expect(selectionOf(drawn, new Set([15, 12]))).toEqual({ seats: ["pit-2", "pit-5"] });
    expect(selectionOf(drawn, new Set([11, 12, 13, 14, 15]))).toEqual({ sections: ["pit"] });
  });

  it("are in one block, which keeps what else the file says of it", () => {
    const file = hallFile();
    block(file, drawingOf(file), new Set([0]), { name: "press", reason: "press" });
    expect(file["blocks"]).toEqual([{ name: "press", reason: "press", seats: ["1F-A-1"] }]);
    file["blocks"] = [
      { name: "press", reason: "press", seats: ["1F-A-1"], note: "Row one" },
      { name: "house", reason: "house", rows: ["1F:B"] },
    ];
    const drawn = drawingOf(file, [
      { name: "press", reason: "press", seats: [0] },
      { name: "house", reason: "house", seats: ROW_B },
    ]);
    block(file, drawn, new Set([1, 4]), { name: "press", reason: "sponsor" });
    expect(file["blocks"]).toEqual([
      { name: "press", reason: "sponsor", note: "Row one", seats: ["1F-A-1", "1F-A-2", "1F-B-1"] },
      { name: "house", reason: "house", seats: ["1F-B-2", "1F-B-3", "1F-B-4"] },
    ]);
  });

  it("are released, and a block without seats goes", () => {
    const file = hallFile();
    file["blocks"] = [{ name: "all", reason: "house", all: true }];
    const every = Array.from({ length: 16 }, (_, seat) => seat);
    const drawn = drawingOf(file, [{ name: "all", reason: "house", seats: every }]);
    unblock(file, drawn, new Set(ROW_A));
    expect(file["blocks"]).toEqual([
      { name: "all", reason: "house", sections: ["2F", "pit"], rows: ["1F:B"] },
    ]);
    unblock(file, drawn, new Set(every));
    expect(file).not.toHaveProperty("blocks");
  });
});

describe("chosen seats", () => {
  it("are the same ones when the plan has another order", () => {
    const before = drawingOf(hallFile());
    const after = { ...before, names: [...before.names] };
    const numbers = [...before.plan.numbers.slice(1), before.plan.numbers[0]!];
    const turned = { ...after, plan: { ...before.plan, numbers } };
    expect(kept(before, turned, new Set([0, 1]))).toEqual(new Set([0, 10]));
    expect(kept(before, before, new Set([3]))).toEqual(new Set([3]));
  });
});

describe("the counts of a hall", () => {
  it("are by grade and by section, with what is chosen and blocked", () => {
    const drawn = drawingOf(hallFile(), [{ name: "x", reason: "house", seats: [0, 8] }]);
    const counts = countsOf(drawn, new Set([0, 1]));
    expect([counts.seats, counts.blocked]).toEqual([16, 2]);
    expect(counts.grades).toEqual([
      { index: 0, seats: 16, chosen: 2, blocked: 2 },
      { index: 1, seats: 0, chosen: 0, blocked: 0 },
    ]);
    expect(counts.sections.map(({ index, seats, chosen }) => [index, seats, chosen])).toEqual([
      [0, 8, 2],
      [1, 3, 0],
      [2, 5, 0],
    ]);
    expect([...counts.sections[0]!.grades]).toEqual([[0, 8]]);
  });
});
