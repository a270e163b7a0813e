import { describe, expect, it } from "vitest";
import { tableOf, type Part } from "./drawn.ts";
import { Editing } from "./editing.svelte.ts";
import { drawingOf, hallFile } from "./testing.ts";

const FIRST: Part = { kind: "sections", index: 1 };

function editingOf(file = hallFile()): Editing {
  const editing = new Editing(file);
  editing.part = FIRST;
  return editing;
}

describe("a step of a part", () => {
  it("is taken at once where the drawing is of the hall as it is", () => {
    const editing = editingOf();
    editing.arrived(drawingOf(editing.file));
    editing.step({ by: [10, 0] });
    expect(editing.table?.["layout"]).toEqual({ x: -50, y: 15 });
  });

  it("waits for the drawing of a hall in which something has no place yet", () => {
    const editing = editingOf();
    editing.arrived(drawingOf(hallFile()));
    // The second floor is elsewhere than the drawing has it.
    tableOf(editing.file, { kind: "sections", index: 2 })!["rows"] = ["A:1-2"];
    editing.step({ by: [10, 0] });
    editing.step({ turn: 5 });
    expect(editing.table).not.toHaveProperty("layout");
    editing.arrived(drawingOf(editing.file));
    expect(editing.table?.["layout"]).toEqual({ x: -50, y: 15, rotation: 5 });
    // Everything has a place now.
    tableOf(editing.file, FIRST)!["grade"] = "S";
    editing.step({ by: [0, 1] });
    expect(editing.table?.["layout"]).toMatchObject({ x: -50, y: 16 });
  });

  it("is dropped where the hall cannot be drawn", () => {
    const editing = editingOf();
    editing.step({ by: [10, 0] });
    editing.refused();
    editing.arrived(drawingOf(editing.file));
    expect(editing.table).not.toHaveProperty("layout");
  });
});
