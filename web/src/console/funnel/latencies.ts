// How long the calls of fans take, minute by minute. Pure.
import type { Schemas } from "../../api/client.ts";

type Entry = Schemas["LatenciesEntry"];
type Percentile = "p50_ms" | "p99_ms";

/** In the order of a fan's way. */
export const CALLS = ["join", "poll", "hold", "begin", "confirm", "pay"] as const;
export type TimedCall = (typeof CALLS)[number];

const MINUTE_S = 60;

/** The beginnings of the last minutes, in seconds since 1970; a point has what ended there. */
export function minutesTo(now: number, number: number): number[] {
  const last = Math.floor(now / MINUTE_S) * MINUTE_S;
  return Array.from({ length: number }, (_, i) => last - (number - 1 - i) * MINUTE_S);
}

/** A percentile of a call at each of these times; null where it was not made. */
export function curveOf(
  points: readonly Entry[],
  times: readonly number[],
  call: TimedCall,
  percentile: Percentile,
): (number | null)[] {
  const found = new Map(points.map(({ at, calls }) => [Date.parse(at) / 1000, calls]));
  return times.map((at) => found.get(at)?.[call]?.[percentile] ?? null);
}

/** The calls that were made in these points. */
export function callsIn(points: readonly Entry[]): TimedCall[] {
  return CALLS.filter((call) => points.some(({ calls }) => call in calls));
}

/** `0 ms`, `0.31 ms`, `48 ms`, `1.2 s`. */
export function duration(ms: number): string {
  if (ms === 0) return "0 ms";
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms >= 10) return `${Math.round(ms)} ms`;
  return `${ms.toFixed(ms < 1 ? 2 : 1)} ms`;
}
