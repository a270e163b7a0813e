import { describe, expect, test } from "vitest";
import { bitmap, planOf } from "../../hall/testing.ts";
import {
  blocksOf,
  byKind,
  named,
  numbersOf,
  ordersOf,
  seatWords,
  tapped,
  toggled,
  within,
} from "./chosen.ts";
import { readStates } from "./states.ts";

// Seats stand ten units apart: the first row at y 65, the second at y 75, from x 25 on.
const plan = planOf({ name: "A", grade: 0, rows: 2, seats: 4 });
const hold = {
  order_id: "0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11",
  since: "2026-11-22T11:00:00.000Z",
  until: "2026-11-22T11:05:00.000Z",
  is_being_paid: false,
};
const block = { reason: "press" as const, note: "", color: null, releases_at: null };
const states = readStates({
  performance_id: "hall-1",
  plan: "x",
  places: 8,
  paid: bitmap(8, 0),
  closed: bitmap(8, 7),
  held: [
    { ...hold, places: [1, 2] },
    { ...hold, order_id: "0199d3b6-0c10-7d55-8a51-0f6f0c2f9e12", places: [3] },
  ],
  blocked: [
    { ...block, name: "press", places: [4] },
    { ...block, name: "house", places: [5] },
  ],
});

describe("choosing seats", () => {
  test("a tap means a seat, or its whole row", () => {
    expect(tapped(plan, 5, "seat")).toEqual([5]);
    expect(tapped(plan, 5, "row")).toEqual([4, 5, 6, 7]);
  });

  test("a line drawn round seats means those inside it", () => {
    const line = [
      [20, 60],
      [50, 60],
      [50, 80],
      [20, 80],
    ] as const;
    const inside = within(plan, line);
    expect(inside.length).toBe(6);
    expect(inside.every((seat) => plan.x[seat]! < 50)).toBe(true);
    expect(within(plan, line.slice(0, 2))).toEqual([]);
  });

  test("what is chosen already is taken away again", () => {
    expect([...toggled(new Set([1]), [1, 2])]).toEqual([1, 2]);
    expect([...toggled(new Set([1, 2, 3]), [1, 2])]).toEqual([3]);
  });

  test("seats and rows are found by what is typed, and the unknown is named", () => {
    expect(named(plan, "A-A-1, A:B A-Z-9")).toEqual({ seats: [0, 4, 5, 6, 7], unknown: ["A-Z-9"] });
    expect(named(plan, "  ")).toEqual({ seats: [], unknown: [] });
  });
});

describe("what is chosen", () => {
  test("is sorted by what has it, in plan order", () => {
    expect(byKind(states, [7, 6, 5, 4, 3, 1, 0])).toEqual({
      free: [6],
      held: [1, 3],
      paid: [0],
      blocked: [4, 5],
    });
  });

  test("of held seats are orders, each once", () => {
    expect(ordersOf(states, [1, 2, 3]).map((each) => each.places)).toEqual([[1, 2], [3]]);
  });

  test("of blocked seats are blocks with their seats", () => {
    expect([...blocksOf(states, [4, 5, 6])]).toEqual([
      ["press", [4]],
      ["house", [5]],
    ]);
  });

  test("has the names that the server knows", () => {
    expect(numbersOf(plan, [0, 4])).toEqual(["A-A-1", "A-B-1"]);
    expect(seatWords(plan, 4)).toBe("A · A-B-1");
  });
});
