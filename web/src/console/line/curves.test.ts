import { describe, expect, it } from "vitest";
import { levels, rates, stepsOf } from "./curves.ts";

const POINTS = [
  { at: 100, figures: { joined: 10 } },
  { at: 130, figures: { joined: 40 } },
  { at: 190, figures: { joined: 100 } },
  { at: 250, figures: { joined: 5 } },
];

describe("the curves of a queue", () => {
  it("have even steps that end now", () => {
    expect(stepsOf(1_007, 30, 10)).toEqual([970, 980, 990, 1_000]);
  });

  it("carry a figure on until it changes", () => {
    const shown = levels(POINTS, [90, 100, 120, 130, 200], ({ joined }) => joined);
    expect(shown).toEqual([null, 10, 10, 40, 100]);
  });

  it("show a count as what was added in the last minute", () => {
    expect(rates(POINTS, [190, 240], ({ joined }) => joined)).toEqual([60, 60]);
  });

  it("begin anew where a count was lost", () => {
    expect(rates(POINTS, [250], ({ joined }) => joined)).toEqual([5]);
  });
});
