import { describe, expect, it } from "vitest";
import { makeGrid, nearestSeat } from "./grid.ts";
import { sectionUnder, seatUnder } from "./pick.ts";
import { planOf } from "./testing.ts";

const plan = planOf(
  { name: "101", grade: 0, rows: 12, seats: 30 },
  { name: "102", grade: 1, rows: 9, seats: 17, x: 300, y: 10 },
);
const grid = makeGrid(plan);

/** The same by looking at every seat. */
function nearestOfAll(x: number, y: number, reach: number): number {
  let best = -1;
  for (let seat = 0; seat < plan.x.length; seat++) {
    const far = Math.hypot(plan.x[seat]! - x, plan.y[seat]! - y);
    const least = best < 0 ? reach : Math.hypot(plan.x[best]! - x, plan.y[best]! - y);
    if (far < least) best = seat;
  }
  return best;
}

describe("the grid", () => {
  it("has every seat in one cell", () => {
    expect([...grid.seats].sort((one, other) => one - other)).toEqual([...plan.x.keys()]);
  });

  it("finds the same seat as looking at all of them would", () => {
    for (let x = -31.3; x < 520; x += 13.7) {
      for (let y = -31.1; y < 240; y += 11.9) {
        // Two seats may be equally near.
        const farTo = (seat: number) => Math.hypot(plan.x[seat]! - x, plan.y[seat]! - y);
        expect(farTo(nearestSeat(plan, grid, x, y, 24))).toBe(farTo(nearestOfAll(x, y, 24)));
      }
    }
  });
});

describe("what is under a pointer", () => {
  it("is a seat within a finger's reach, at any zoom", () => {
    const [x, y] = [plan.x[40]!, plan.y[40]!];
    expect(seatUnder(plan, grid, [x + 2, y - 3], 2, "fine")).toBe(40);
    expect(seatUnder(plan, grid, [x, plan.bounds.bottom + 40], 2, "coarse")).toBe(-1);
  });

  it("is the section that contains the point, or that of a seat close by", () => {
    expect(sectionUnder(plan, grid, plan.sections[1]!.label, 1)).toBe(1);
    expect(sectionUnder(plan, grid, [plan.sections[1]!.bounds.right + 2, 15], 1)).toBe(1);
    expect(sectionUnder(plan, grid, [0, 1000], 1)).toBe(-1);
  });
});
