import { describe, expect, it } from "vitest";
import { readPlan } from "../../hall/plan.ts";
import { costOf, NO_TYPES } from "./price-types.ts";
import { countOf, split, toggle, withSpots } from "./selection.ts";
import { availabilityOf, planAnswer, planOf, withAreas } from "../../hall/testing.ts";

const plan = planOf(
  { name: "101", grade: 0, rows: 1, seats: 6 },
  { name: "102", grade: 1, rows: 1, seats: 6 },
);
const availability = availabilityOf(plan, 5);

describe("a tap", () => {
  it("chooses a free seat and removes a chosen one", () => {
    expect(toggle([1], 2, 4, availability)).toEqual({ outcome: "chosen", chosen: [1, 2] });
    expect(toggle([1, 2], 1, 4, availability)).toEqual({ outcome: "removed", chosen: [2] });
  });

  it("changes nothing on a taken seat or beyond the limit, and says which it was", () => {
    expect(toggle([1], 5, 4, availability)).toEqual({ outcome: "taken", chosen: [1] });
    expect(toggle([1, 2], 3, 2, availability)).toEqual({ outcome: "limit", chosen: [1, 2] });
    expect(toggle([], 3, 0, availability)).toEqual({ outcome: "limit", chosen: [] });
  });

  it("moves the choice when there is only one seat to choose", () => {
    expect(toggle([1], 3, 1, availability)).toEqual({ outcome: "chosen", chosen: [3] });
  });
});

describe("a choice", () => {
  it("falls into what is lost and what is kept", () => {
    expect(split([1, 5, 3], availability)).toEqual({ lost: [5], kept: [1, 3] });
  });
});

describe("tickets of areas", () => {
  const spots = new Map([
    [2, 2],
    [3, 1],
  ]);

  it("are as many as are wanted, at most as many as are left and as there is room for", () => {
    expect([...withSpots(spots, 2, 3, 9, 100)]).toEqual([
      [3, 1],
      [2, 3],
    ]);
    expect(withSpots(spots, 2, 9, 4, 100).get(2)).toBe(3);
    expect(withSpots(spots, 2, 9, 9, 2).get(2)).toBe(2);
  });

  it("are none when none are wanted, left, or allowed", () => {
    for (const [wanted, room, left] of [
      [0, 9, 9],
      [3, 9, 0],
      [3, 1, 9],
      [-1, 9, 9],
    ] as const) {
      expect([...withSpots(spots, 2, wanted, room, left).keys()]).toEqual([3]);
    }
    expect(spots.get(2)).toBe(2);
  });

  it("cost what they cost, and count as seats do", () => {
    const answer = planAnswer([{ name: "101", grade: 0, rows: 1, seats: 2 }]);
    const plan = readPlan(withAreas(answer, { name: "A", grade: 1, capacity: 5 }));
    expect(costOf(plan, [0], NO_TYPES, null, new Map([[1, 3]]))).toBe(121_000 + 3 * 88_000);
    expect(countOf(spots)).toBe(3);
    expect(countOf(new Map())).toBe(0);
  });
});
