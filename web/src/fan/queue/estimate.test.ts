import { expect, it } from "vitest";
import { estimateParts } from "./estimate.ts";

it("an estimate is widened to whole minutes", () => {
  expect(estimateParts({ min: 90, max: 180 })).toEqual({ from: 1, to: 3 });
  expect(estimateParts({ min: 5, max: 20 })).toEqual({ from: 1, to: 1 });
  expect(estimateParts({ min: 0, max: 0 })).toEqual({ from: 1, to: 1 });
});

it("an estimate far away is coarser", () => {
  expect(estimateParts({ min: 1000, max: 1500 })).toEqual({ from: 15, to: 25 });
  expect(estimateParts({ min: 3700, max: 7300 })).toEqual({ from: 60, to: 130 });
});
