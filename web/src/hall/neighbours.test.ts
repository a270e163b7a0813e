import { describe, expect, it } from "vitest";
import { enterSection, moved, NOWHERE } from "./keyboard.ts";
import { inDirection, suggest } from "./neighbours.ts";
import { readPlan } from "./plan.ts";
import { availabilityOf, planAnswer, planOf } from "./testing.ts";

// Seats 0–9 are row A, 10–19 row B of 101; 20–29 are in 102, of another grade; 30–39 in 103.
const plan = planOf(
  { name: "101", grade: 0, rows: 2, seats: 10 },
  { name: "102", grade: 1, rows: 1, seats: 10 },
  { name: "103", grade: 0, rows: 1, seats: 10 },
);
const rest = (...free: number[]) => [...plan.x.keys()].filter((seat) => !free.includes(seat));

describe("the offer after a loss", () => {
  it("is the seat beside the lost one", () => {
    expect(suggest(plan, availabilityOf(plan, 4), [4], [])).toEqual([3]);
    expect(suggest(plan, availabilityOf(plan, 3, 4), [4], [])).toEqual([5]);
  });

  it("is rather beside the seats that the fan still has", () => {
    expect(suggest(plan, availabilityOf(plan, 4), [4], [5])).toEqual([6]);
  });

  it("is the nearest of the same grade when nothing beside is free", () => {
    expect(suggest(plan, availabilityOf(plan, ...rest(14, 9)), [4], [])).toEqual([14]);
    expect(suggest(plan, availabilityOf(plan, ...rest(24, 34)), [4], [])).toEqual([34]);
  });

  it("keeps a group together when it was lost whole", () => {
    // Row A has single seats only; row B has a pair.
    const availability = availabilityOf(plan, ...rest(3, 7, 17, 18));
    expect(suggest(plan, availability, [4, 5], [])).toEqual([17, 18]);
  });

  it("is no seat that a fan should know of before, such as a wheelchair space", () => {
    const answer = planAnswer([{ name: "101", grade: 0, rows: 1, seats: 6 }]);
    answer.marks = [
      { mark: "restricted_view", seats: [0, 1] },
      { mark: "wheelchair", seats: [3] },
      { mark: "aisle", seats: [4] },
    ];
    const marked = readPlan(answer);
    expect(suggest(marked, availabilityOf(marked, 2), [2], [])).toEqual([4]);
    expect(suggest(marked, availabilityOf(marked, 2, 4, 5), [4, 5], [])).toEqual([]);
  });

  it("offers single seats when no block is left, none twice", () => {
    const availability = availabilityOf(plan, ...rest(0, 9));
    expect(
      suggest(plan, availability, [4, 5], [])
        .slice()
        .sort((a, b) => a - b),
    ).toEqual([0, 9]);
  });

  it("never offers another grade, a taken seat or one that is chosen already", () => {
    expect(suggest(plan, availabilityOf(plan, ...rest(24)), [4], [])).toEqual([]);
    expect(suggest(plan, availabilityOf(plan, ...rest(3)), [4], [3])).toEqual([]);
  });
});

describe("arrow keys", () => {
  it("go to the neighbour in their direction and stop at the edge", () => {
    expect(inDirection(plan.x, plan.y, 4, "right")).toBe(5);
    expect(inDirection(plan.x, plan.y, 4, "left")).toBe(3);
    expect(inDirection(plan.x, plan.y, 4, "down")).toBe(14);
    expect(inDirection(plan.x, plan.y, 14, "up")).toBe(4);
    expect(inDirection(plan.x, plan.y, 0, "left")).toBe(-1);
  });

  it("begin with the first section, and move between sections until one is entered", () => {
    const first = moved(plan, NOWHERE, "down");
    expect(first).toEqual({ seat: -1, section: 0 });
    expect(moved(plan, first, "down")).toEqual({ seat: -1, section: 1 });
    expect(moved(plan, first, "up")).toEqual(first);
  });

  it("come to the first free seat of a section", () => {
    expect(enterSection(plan, availabilityOf(plan, 20, 21), 1).seat).toBe(22);
    expect(enterSection(plan, availabilityOf(plan, ...rest(0)), 1).seat).toBe(20);
  });
});
