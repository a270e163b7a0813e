import { describe, expect, it } from "vitest";
import { countAt, mostFrequent, refusedAt } from "./refusals.ts";

const FIGURES = {
  waiting: 0,
  absent: 0,
  active: 0,
  active_limit: 100,
  joined: 0,
  admitted: 0,
  unused: 0,
  holds: 0,
  payments: 0,
  wait_p50_s: null,
  wait_p90_s: null,
  refusals: {
    pay: { "payment-declined": 2 },
    hold: { "seat-taken": 7, "rate-limited": 1, "seats-unavailable": 7 },
  },
};

describe("what fans were refused", () => {
  it("is listed by step, the most frequent first", () => {
    expect(refusedAt(FIGURES, 2)).toEqual([
      {
        step: "hold",
        count: 15,
        types: [
          { type: "seat-taken", count: 7 },
          { type: "seats-unavailable", count: 7 },
        ],
      },
      { step: "pay", count: 2, types: [{ type: "payment-declined", count: 2 }] },
    ]);
  });

  it("is counted for each step", () => {
    expect(countAt("hold", FIGURES)).toBe(15);
    expect(countAt("join", FIGURES)).toBe(0);
  });

  it("is nothing where it was not counted", () => {
    const { refusals: _, ...before } = FIGURES;
    expect(refusedAt(before, 5)).toEqual([]);
    expect(countAt("hold", before)).toBe(0);
    expect(mostFrequent({}, 5)).toEqual([]);
  });
});
