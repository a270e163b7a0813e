import { expect, it } from "vitest";
import { namesOf, NOTHING, placesOf } from "./chosen.ts";
import { readPlan } from "../../hall/plan.ts";
import { NO_TYPES, withSpotType, withType } from "./price-types.ts";
import { planAnswer, withAreas } from "../../hall/testing.ts";

const answer = planAnswer(
  [{ name: "101", grade: 0, rows: 1, seats: 3 }],
  [{ name: "R", price: 100, color: 0, types: [{ id: "child", name: "어린이", price: 40 }] }],
);
const plan = readPlan(withAreas(answer, { name: "PIT", grade: 0, capacity: 9 }));
const pit = 1;
const types = withSpotType(withType(NO_TYPES, 2, "child"), pit, 1, "child");

it("what is chosen is named by numbers, areas and price types, and found again by them", () => {
  const named = namesOf(plan, [2, 0], new Map([[pit, 3]]), types);
  expect(named).toEqual({
    seats: [
      { number: "101-A-3", type: "child" },
      { number: "101-A-1", type: null },
    ],
    areas: [{ area: "PIT", types: [null, "child", null] }],
  });
  const found = placesOf(plan, named);
  expect(found.seats).toEqual([2, 0]);
  expect([...found.spots]).toEqual([[pit, 3]]);
  expect(namesOf(plan, found.seats, found.spots, found.types)).toEqual(named);
});

it("what a plan does not have is left out", () => {
  const found = placesOf(plan, {
    seats: [
      { number: "gone", type: "child" },
      { number: "101-A-2", type: null },
    ],
    areas: [
      { area: "101", types: [null] },
      { area: "gone", types: [null] },
    ],
  });
  expect(found.seats).toEqual([1]);
  expect(found.spots.size + found.types.seats.size).toBe(0);
  expect(placesOf(plan, NOTHING).seats).toEqual([]);
});
