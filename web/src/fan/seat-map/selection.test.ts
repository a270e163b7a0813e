import { describe, expect, it } from "vitest";
import { split, toggle } from "./selection.ts";
import { availabilityOf, planOf } from "./testing.ts";

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
