import { describe, expect, test } from "vitest";
import { readPlan } from "../../hall/plan.ts";
import { planAnswer } from "../../hall/testing.ts";
import { marksOf } from "./far.ts";
import { BLOCKED, FREE, HELD, PAID, type States } from "./states.ts";

/** Seats stand ten units apart. */
const plan = readPlan(planAnswer([{ name: "A", grade: 0, rows: 4, seats: 64 }]));

function states(of: (seat: number) => number, holder: (seat: number) => number = () => 0): States {
  const places = [...plan.x.keys()];
  return {
    of: Uint8Array.from(places, of),
    holder: Int32Array.from(places, holder),
    held: [],
    blocked: [],
  };
}

describe("far away", () => {
  test("held seats of a cell are one mark in their middle", () => {
    const marks = marksOf(
      plan,
      states((seat) => (seat < 2 ? HELD : FREE)),
      3,
    );
    expect(marks).toEqual([
      { state: HELD, x: (plan.x[0]! + plan.x[1]!) / 2, y: plan.y[0]!, seat: 0 },
    ]);
  });

  test("free and sold seats have no mark, blocks have marks of their own", () => {
    expect(
      marksOf(
        plan,
        states(() => PAID),
        3,
      ),
    ).toEqual([]);
    const blocks = states(
      (seat) => (seat < 2 ? BLOCKED : FREE),
      (seat) => seat,
    );
    expect(marksOf(plan, blocks, 3).map(({ state, seat }) => [state, seat])).toEqual([
      [BLOCKED, 0],
      [BLOCKED, 1],
    ]);
  });

  test.each([0.4, 1, 2.5, 5, 6.9])("marks are about a cell apart at a pitch of %s", (pitch) => {
    const all = marksOf(
      plan,
      states(() => HELD),
      pitch,
    );
    const gaps = all
      .map(({ x, y }) => [x, y] as const)
      .filter(([, y]) => y === all[0]!.y)
      .map(([x]) => x)
      .sort((a, b) => a - b)
      .map((x, i, row) => (i === 0 ? Infinity : (x - row[i - 1]!) * (pitch / plan.pitch)));
    // The cell at an end of a row may have seats in its nearer half only.
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(4.5);
  });

  test("the same picture has the same marks until a seat changes hands", () => {
    const before = states(() => HELD);
    expect(marksOf(plan, before, 3)).toBe(marksOf(plan, before, 3.1));
    expect(
      marksOf(
        plan,
        states(() => HELD),
        3,
      ),
    ).not.toBe(marksOf(plan, before, 3));
  });
});
