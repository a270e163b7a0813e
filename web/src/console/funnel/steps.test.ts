import { describe, expect, it } from "vitest";
import { countOf, isCrowded, stepsOf } from "./steps.ts";

const FIGURES = {
  waiting: 300,
  absent: 40,
  active: 50,
  active_limit: 100,
  joined: 1_000,
  admitted: 600,
  unused: 60,
  holds: 500,
  payments: 400,
  payments_begun: 450,
  wait_p50_s: null,
  wait_p90_s: null,
};
const PASSES = { payment: 380, expiry: 100, revoke: 2, leave: 8 };

describe("the funnel", () => {
  const steps = stepsOf(FIGURES, PASSES);

  it("has each step with its part of the one before", () => {
    expect(steps.map(({ name, count, share }) => [name, count, share])).toEqual([
      ["joined", 1_000, null],
      ["admitted", 600, 0.6],
      ["used", 540, 0.9],
      ["held", 500, 500 / 540],
      ["begun", 450, 0.9],
      ["paid", 400, 400 / 450],
    ]);
  });

  it("says what became of the others", () => {
    expect(steps.map(({ losses }) => losses.map(({ name, count }) => `${name} ${count}`))).toEqual([
      ["waiting 300", "gaveUp 100"],
      ["unused 60"],
      ["inside 50", "left 50"],
      ["notBegun 50"],
      ["open 50"],
      [],
    ]);
  });

  it("has no parts before the first fan", () => {
    const empty = { ...FIGURES, waiting: 0, active: 0, joined: 0, admitted: 0, unused: 0 };
    const none = stepsOf({ ...empty, holds: 0, payments: 0, payments_begun: 0 }, null);
    expect(none.every(({ share, losses }) => share === null && losses.length === 0)).toBe(true);
  });

  it("counts each step by itself", () => {
    const names = ["joined", "admitted", "used", "held", "begun", "paid"] as const;
    expect(names.map((name) => countOf(name, FIGURES))).toEqual([1_000, 600, 540, 500, 450, 400]);
  });
});

describe("a hall", () => {
  it("is crowded with more fans inside than seats left", () => {
    expect(isCrowded(50, 49)).toBe(true);
    expect(isCrowded(50, 50)).toBe(false);
    expect(isCrowded(0, 0)).toBe(false);
    expect(isCrowded(50, null)).toBe(false);
  });
});
