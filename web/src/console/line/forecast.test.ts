import { describe, expect, it } from "vitest";
import { forecast, type Known } from "./forecast.ts";

const KNOWN: Known = {
  present: 6_000,
  active: 1_000,
  admittedPerMinute: 250,
  admitted: 10_000,
  sold: 5_000,
  seatsLeft: 1_000,
};

describe("a forecast", () => {
  it("says when the line is empty and when the last seat is sold", () => {
    const found = forecast(KNOWN, 300, 2_000);
    expect(found).toMatchObject({ perMinute: 300, boundBy: "rate", emptyInMinutes: 20 });
    expect(found.soldOutInMinutes).toBeCloseTo(1_000 / 150);
  });

  it("knows that fans inside have to leave first", () => {
    // They stay four minutes, so 1,000 places let in 250 a minute.
    const found = forecast(KNOWN, 900, 1_000);
    expect(found).toMatchObject({ perMinute: 250, boundBy: "limit", emptyInMinutes: 24 });
  });

  it("lets a line that fits into the free room in at the full rate", () => {
    const found = forecast({ ...KNOWN, present: 500 }, 500, 2_000);
    expect(found).toMatchObject({ boundBy: "rate", emptyInMinutes: 1 });
  });

  it("does not promise to sell out to fans who are not there", () => {
    expect(forecast({ ...KNOWN, present: 300 }, 300, 2_000).soldOutInMinutes).toBeNull();
    expect(forecast({ ...KNOWN, seatsLeft: null }, 300, 2_000).soldOutInMinutes).toBeNull();
    expect(forecast({ ...KNOWN, admitted: 3 }, 300, 2_000).soldOutInMinutes).toBeNull();
  });

  it("works before the first fan was admitted", () => {
    const before = { ...KNOWN, active: 0, admittedPerMinute: 0, admitted: 0, sold: 0 };
    expect(forecast(before, 600, 2_000).perMinute).toBe(400);
  });
});
