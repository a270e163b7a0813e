import { describe, expect, it } from "vitest";
import { clock, clockOffset, isoDuration, span } from "./countdown.ts";

describe("a countdown", () => {
  it("shows zero only when the time is over", () => {
    expect(clock(1)).toBe("0:01");
    expect(clock(0)).toBe("0:00");
    expect(clock(-5000)).toBe("0:00");
  });

  it("shows minutes and seconds, and hours when there are some", () => {
    expect(clock(245_000)).toBe("4:05");
    expect(clock(3_729_000)).toBe("1:02:09");
    expect(clock(90_000_000)).toBe("25:00:00");
  });

  it("has parts that add up", () => {
    expect(span(93_784_000)).toEqual({ days: 1, hours: 2, minutes: 3, seconds: 4 });
    expect(isoDuration(93_784_000)).toBe("P1DT2H3M4S");
  });
});

describe("the server's clock", () => {
  const now = Date.parse("2026-11-22T11:00:00.400Z");

  it("is ours when the two differ by less than the header can say", () => {
    expect(clockOffset("Sun, 22 Nov 2026 11:00:00 GMT", now)).toBe(0);
    expect(clockOffset("Sun, 22 Nov 2026 11:00:01 GMT", now)).toBe(0);
  });

  it("is followed when ours is wrong", () => {
    expect(clockOffset("Sun, 22 Nov 2026 12:00:00 GMT", now)).toBe(3_600_100);
    expect(clockOffset("Sun, 22 Nov 2026 10:00:00 GMT", now)).toBe(-3_599_900);
  });

  it("is not known from nothing", () => {
    expect(clockOffset(null, now)).toBeNull();
    expect(clockOffset("yesterday", now)).toBeNull();
  });
});
