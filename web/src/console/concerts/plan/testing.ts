// Drawings of small halls for tests.
import { planAnswer, withAreas } from "../../../hall/testing.ts";
import { hallOf, readDrawn, type Drawn } from "./drawn.ts";
import type { Table } from "../fields.ts";

/** A file with a section of two rows of four seats, one of a row of three, and an area. */
export function hallFile(): Table {
  return {
    title: "Test",
    grades: [{ name: "R" }, { name: "S" }],
    sections: [
      { name: "none", grade: "R", rows: [] },
      { name: "1F", grade: "R", rows: ["A-B:1-4"] },
      { name: "2F", grade: "R", rows: ["A:1-3"] },
    ],
    areas: [{ name: "pit", grade: "R", capacity: 5 }],
  };
}

/** The same as the server draws it: seats are ten apart, the first section begins at x 20, y 60 of
 * the plan, and the file's origin is at 100, 50. */
export function drawingOf(file: Table, blocks: Drawn["blocks"] = []): Drawn {
  const grades = ["R", "S"].map((name, color) => ({ name, price: 2 - color, color }));
  const plan = withAreas(
    planAnswer(
      [
        { name: "1F", grade: 0, rows: 2, seats: 4 },
        { name: "2F", grade: 0, rows: 1, seats: 3 },
      ],
      grades,
    ),
    { name: "pit", grade: 0, capacity: 5 },
  );
  plan.seats.label = plan.seats.number.map((number) => number.split("-").at(-1)!);
  return readDrawn(hallOf(file), {
    plan,
    origin: { x: 100, y: 50 },
    sections: [
      { table: 1, x: -60, y: 15 },
      { table: 2, x: -65, y: 55 },
    ],
    blocks: [...blocks],
  });
}
