import { describe, expect, test } from "vitest";
import { bitmap, planAnswer, planOf, withAreas } from "../../hall/testing.ts";
import { readPlan } from "../../hall/plan.ts";
import {
  blockOf,
  countGrades,
  holdOf,
  largestBlock,
  oldestHold,
  orphans,
  readStates,
  STATES,
  takenBits,
  total,
  type SeatsAnswer,
} from "./states.ts";

const hold = (
  places: number[],
  since = "2026-11-22T11:00:00.000Z",
): SeatsAnswer["held"][number] => ({
  order_id: "0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11",
  since,
  until: "2026-11-22T11:05:00.000Z",
  is_being_paid: false,
  places,
});
const block = (places: number[]): SeatsAnswer["blocked"][number] => ({
  name: "press",
  reason: "press",
  note: "",
  color: null,
  releases_at: null,
  places,
});

function answer(places: number, more: Partial<SeatsAnswer> = {}): SeatsAnswer {
  const none = bitmap(places);
  return {
    performance_id: "hall-1",
    plan: "x",
    places,
    paid: none,
    closed: none,
    held: [],
    blocked: [],
    ...more,
  };
}

describe("the states of seats", () => {
  const states = readStates(
    answer(10, {
      paid: bitmap(10, 0, 9),
      closed: bitmap(10, 8),
      held: [hold([1, 2])],
      blocked: [block([4])],
    }),
  );

  test("each place has the state that the answer says, and its holder", () => {
    const named = Array.from(states.of, (state) => STATES[state]![0]);
    expect(named.join("")).toBe("phhfbfffcp");
    expect(holdOf(states, 2)?.places).toEqual([1, 2]);
    expect(holdOf(states, 4)).toBeUndefined();
    expect(blockOf(states, 4)?.name).toBe("press");
    expect(blockOf(states, 0)).toBeUndefined();
  });

  test("what is not free is the bitmap that the map paints from", () => {
    expect([...takenBits(states)]).toEqual([0b00010111, 0b11]);
  });

  test("the oldest hold is that of the order which was opened first", () => {
    const now = Date.parse("2026-11-22T11:00:30.000Z");
    expect(oldestHold(states, now)).toBe(30_000);
    expect(oldestHold(readStates(answer(3)), now)).toBeNull();
  });
});

describe("what follows from them", () => {
  // Two rows of five in grade 0, one row of three in grade 1.
  const plan = planOf(
    { name: "A", grade: 0, rows: 2, seats: 5 },
    { name: "B", grade: 1, rows: 1, seats: 3 },
  );

  test("an orphan is a free seat between taken ones, or between one and the end of its row", () => {
    const states = readStates(answer(13, { paid: bitmap(13, 1, 3, 11) }));
    expect(orphans(plan, states)).toEqual([0, 2, 4, 10, 12]);
  });

  test("a free row has none, and neither has a seat that stands alone in its row", () => {
    const alone = planOf({ name: "A", grade: 0, rows: 1, seats: 1 });
    expect(orphans(plan, readStates(answer(13)))).toEqual([]);
    expect(orphans(alone, readStates(answer(1)))).toEqual([]);
  });

  test("the largest block ends at taken seats, at the row's end and where the grade changes", () => {
    const states = readStates(answer(13, { paid: bitmap(13, 2, 5) }));
    expect(largestBlock(plan, states, null)).toEqual([6, 7, 8, 9]);
    expect(largestBlock(plan, states, 1)).toEqual([10, 11, 12]);
    const full = readStates(answer(13, { held: [hold([...Array(13).keys()])] }));
    expect(largestBlock(plan, full, null)).toEqual([]);
  });

  test("grades add up to all, with the largest block of any", () => {
    const states = readStates(answer(13, { paid: bitmap(13, 0), blocked: [block([10, 11])] }));
    const grades = countGrades(plan, states);
    expect(grades.map((each) => each.by)).toEqual([
      [9, 0, 1, 0, 0],
      [1, 0, 0, 2, 0],
    ]);
    expect(grades.map((each) => [each.total, each.largest, each.orphans])).toEqual([
      [10, 5, 0],
      [3, 1, 1],
    ]);
    expect(total(grades)).toEqual({ total: 13, by: [10, 0, 1, 2, 0], largest: 5, orphans: 1 });
  });

  test("spots of areas are counted, and are no seats side by side", () => {
    const answered = withAreas(planAnswer([{ name: "A", grade: 0, rows: 1, seats: 2 }]), {
      name: "Floor",
      grade: 1,
      capacity: 40,
    });
    const grades = countGrades(readPlan(answered), readStates(answer(42)));
    expect(grades.map((each) => [each.total, each.largest])).toEqual([
      [2, 2],
      [40, 0],
    ]);
  });
});
