import { describe, expect, it } from "vitest";
import {
  hallOf,
  hasHall,
  inFile,
  partOf,
  restoreHall,
  sectionsOf,
  tableOf,
  type Part,
} from "./drawn.ts";
import { boundsOf, middleOf, type Point } from "../../../hall/shapes.ts";
import { extentOf, handlesOf, outlinesOf, pin, pulled, stepped } from "./parts.ts";
import { stepOf } from "./steps.ts";
import { drawingOf, hallFile } from "./testing.ts";
import type { Table } from "../fields.ts";

const FIRST: Part = { kind: "sections", index: 1 };
const PIT: Part = { kind: "areas", index: 0 };
const NO_SEATS = { half: 0, deep: 0 };

describe("a drawing", () => {
  it("knows the parts of the file", () => {
    const file = hallFile();
    const drawn = drawingOf(file);
    expect([0, 1, 2].map((section) => partOf(drawn, section))).toEqual([
      FIRST,
      { kind: "sections", index: 2 },
      PIT,
    ]);
    expect(sectionsOf(drawn, FIRST)).toEqual([0]);
    expect(sectionsOf(drawn, { kind: "sections", index: 0 })).toEqual([]);
    expect(sectionsOf(drawn, PIT)).toEqual([2]);
    expect(sectionsOf(drawn, { kind: "areas", index: 1 })).toEqual([]);
    expect(tableOf(file, PIT)?.["name"]).toBe("pit");
    expect(inFile(drawn, [100, 50])).toEqual([0, 0]);
    expect(drawn.names.slice(10, 12)).toEqual(["2F-A-3", "pit-1"]);
  });

  it("is of the hall of a file, which can be put back", () => {
    const file = hallFile();
    const before = hallOf(file);
    expect([hasHall(file), hasHall({ sections: [] })]).toEqual([true, false]);
    file["title"] = "Other";
    expect(hallOf(file)).toBe(before);
    file["stage"] = { x: 0 };
    (file["sections"] as Table[])[1]!["grade"] = "S";
    const areas = file["areas"];
    restoreHall(file, before);
    expect(hallOf(file)).toBe(before);
    expect(file["areas"]).toBe(areas);
    expect(file["title"]).toBe("Other");
  });
});

describe("a part of the hall", () => {
  it("is as large as its rows", () => {
    // The reference point is the middle of the front row: seats at 5, 15 on each side.
    expect(extentOf(drawingOf(hallFile()), FIRST)).toEqual({ half: -15, deep: 10 });
  });

  it("is pinned with all others before one of them is moved", () => {
    const file = hallFile();
    const drawn = drawingOf(file);
    pin(file, drawn);
    const [none, first] = file["sections"] as Table[];
    expect(none).not.toHaveProperty("layout");
    expect(first!["layout"]).toEqual({ x: -60, y: 15 });
    expect((file["areas"] as Table[])[0]!["layout"]).toMatchObject({ width: 100, height: 50 });
    expect(file["stage"]).toEqual({ x: -80, y: -50, width: 60, height: 20 });
    const before = hallOf(file);
    pin(file, drawn);
    expect(hallOf(file)).toBe(before);
  });

  it("follows its values until it is drawn", () => {
    const file = hallFile();
    const drawn = drawingOf(file);
    pin(file, drawn);
    const table = tableOf(file, FIRST)!;
    const middle = (): Point => middleOf(boundsOf(outlinesOf(drawn, FIRST, table).flat()));
    const [x, y] = middle();
    table["layout"] = pulled("move", FIRST, table, 15, [0, 0], [7.4, -3]);
    expect(table["layout"]).toEqual({ x: -53, y: 12 });
    expect(middle()).toEqual([x + 7, y - 3]);
    table["layout"] = pulled("turn", FIRST, table, 15, [0, 0], [-53 + 50, 12 + 50]);
    expect(table["layout"]).toEqual({ x: -53, y: 12, rotation: 45 });
    const bent = pulled("bend", FIRST, { layout: { x: 0, y: 0 } }, -15, [15, 0], [15, -5]);
    expect(bent["curve"]).toBeGreaterThan(15);
    expect(outlinesOf(drawn, FIRST, table)).toHaveLength(1);
  });

  it("has handles behind it, and at the end of its front row", () => {
    const file = hallFile();
    const drawn = drawingOf(file);
    const [turn, bend] = handlesOf(drawn, FIRST, tableOf(file, FIRST)!, extentOf(drawn, FIRST));
    expect(turn).toEqual({ kind: "turn", at: [-60, 15 + 10 + 30] });
    expect(bend).toEqual({ kind: "bend", at: [-75, 15] });
    expect(handlesOf(drawn, PIT, tableOf(file, PIT)!, NO_SEATS)).toEqual([]);
  });

  it("takes steps of keys", () => {
    const table: Table = { layout: { x: 1, y: 2, align: "left" } };
    expect(stepped({ by: [10, 0] }, FIRST, table, 50)).toEqual({ x: 11, y: 2, align: "left" });
    expect(stepped({ turn: -5 }, FIRST, table, 50)).toMatchObject({ rotation: -5 });
    const bent = stepped({ bend: 4 }, FIRST, table, 50);
    expect(bent["curve"]).toBeGreaterThan(200);
    const straight = stepped({ bend: -40 }, FIRST, { layout: bent }, 50);
    expect(straight["curve"]).toBe(0);
  });

  it("is moved, turned and bent by keys, in small steps with Shift", () => {
    expect(stepOf("ArrowLeft", false)).toEqual({ by: [-10, 0] });
    expect(stepOf("ArrowRight", true)).toEqual({ by: [1, 0] });
    expect(stepOf("ArrowUp", true)).toEqual({ by: [0, -1] });
    expect(stepOf("ArrowDown", false)).toEqual({ by: [0, 10] });
    expect(["[", "]", "{", "}"].map((key) => stepOf(key, false))).toEqual(
      [-5, 5, -1, 1].map((turn) => ({ turn })),
    );
    expect([",", ".", "<", ">"].map((key) => stepOf(key, false))).toEqual(
      [-4, 4, -1, 1].map((bend) => ({ bend })),
    );
    expect(stepOf("Enter", false)).toBeNull();
  });

  it("may be an area, by its rectangle or its corners", () => {
    const box: Table = { layout: { x: 0, y: 0, width: 40, height: 20 } };
    expect(stepped({ by: [5, 5] }, PIT, box, 0)).toMatchObject({ x: 5, y: 5, width: 40 });
    expect(stepped({ turn: 90 }, PIT, box, 0)).toMatchObject({ rotation: 90 });
    expect(stepped({ bend: 3 }, PIT, box, 0)).toEqual(box["layout"]);
    expect(pulled("turn", PIT, box, 0, [20, 40], [-40, 10])).toMatchObject({ rotation: 90 });
    const drawn = drawingOf(hallFile());
    const [handle] = handlesOf(drawn, PIT, box, NO_SEATS);
    expect(handle).toEqual({ kind: "turn", at: [20, 50] });
    expect(outlinesOf(drawn, PIT, box)[0]).toHaveLength(4);
    const corners: Table = {
      layout: {
        outline: [
          [0, 0],
          [10, 0],
          [0, 10],
        ],
      },
    };
    expect(pulled("move", PIT, corners, 0, [0, 0], [1, 2])).toEqual({
      outline: [
        [1, 2],
        [11, 2],
        [1, 12],
      ],
    });
    expect(stepped({ turn: 5 }, PIT, corners, 0)).toEqual(corners["layout"]);
    expect(outlinesOf(drawn, PIT, corners)[0]).toHaveLength(3);
  });
});
