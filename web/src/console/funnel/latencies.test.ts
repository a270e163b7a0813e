import { describe, expect, it } from "vitest";
import { callsIn, curveOf, duration, minutesTo } from "./latencies.ts";

const POINTS = [
  {
    at: "2026-11-22T11:03:00.000Z",
    calls: { poll: { count: 100, p50_ms: 0.3, p99_ms: 2.1 } },
  },
  {
    at: "2026-11-22T11:05:00.000Z",
    calls: {
      hold: { count: 9, p50_ms: 11, p99_ms: 48 },
      poll: { count: 80, p50_ms: 0.4, p99_ms: 3 },
    },
  },
];
const NOW = Date.parse("2026-11-22T11:05:40.000Z") / 1000;

describe("the latencies", () => {
  const times = minutesTo(NOW, 3);

  it("are those of whole minutes", () => {
    expect(times.map((at) => new Date(at * 1000).toISOString().slice(11, 16))).toEqual([
      "11:03",
      "11:04",
      "11:05",
    ]);
  });

  it("have a gap where a call was not made", () => {
    expect(curveOf(POINTS, times, "poll", "p99_ms")).toEqual([2.1, null, 3]);
    expect(curveOf(POINTS, times, "hold", "p50_ms")).toEqual([null, null, 11]);
    expect(curveOf(POINTS, times, "pay", "p50_ms")).toEqual([null, null, null]);
  });

  it("are of the calls that were made", () => {
    expect(callsIn(POINTS)).toEqual(["poll", "hold"]);
    expect(callsIn([])).toEqual([]);
  });

  it("are shown in milliseconds, long ones in seconds", () => {
    expect([0, 0.314, 2.14, 47.8, 999, 1_240, 12_400].map(duration)).toEqual([
      "0 ms",
      "0.31 ms",
      "2.1 ms",
      "48 ms",
      "999 ms",
      "1.2 s",
      "12 s",
    ]);
  });
});
