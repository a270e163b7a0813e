import { describe, expect, it } from "vitest";
import { planOf } from "../../../hall/testing.ts";
import type { Point } from "../../../hall/shapes.ts";
import { makeView } from "./view.ts";

const SIZE = { width: 400, height: 300 };
const plan = planOf({ name: "A", grade: 0, rows: 20, seats: 40 });
const hall = { plan, origin: [100, 50] as Point };

function near(found: Point, wanted: Point): void {
  expect(found[0]).toBeCloseTo(wanted[0], 4);
  expect(found[1]).toBeCloseTo(wanted[1], 4);
}

describe("the view of a plan that is drawn again", () => {
  it("tells points of the file from points of the screen", () => {
    const view = makeView(hall, () => true);
    view.pilot.resize(SIZE, null);
    near(view.toScreen(view.toFile([30, 40])), [30, 40]);
  });

  it("keeps what is seen when the origin of the drawing is elsewhere", () => {
    const view = makeView(hall, () => true);
    view.pilot.resize(SIZE, null);
    view.pilot.zoom(3, [200, 150]);
    const before = view.toFile([200, 150]);
    const next = { plan, origin: [130, 40] as Point };
    // While a part is pulled only the camera over the new drawing is another one.
    near(view.toFile([200, 150]), before);
    expect(view.over(next).x).toBeCloseTo(view.pilot.camera.x + 30, 4);
    view.take(next);
    near(view.toFile([200, 150]), before);
    expect(view.over(next)).toEqual(view.pilot.camera);
  });

  it("goes on showing all of it", () => {
    const view = makeView(hall, () => true);
    view.take(hall);
    view.pilot.resize(SIZE, null);
    const larger = planOf({ name: "A", grade: 0, rows: 40, seats: 80 });
    view.take({ plan: larger, origin: [0, 0] });
    expect(view.pilot.isWhole).toBe(true);
  });
});
