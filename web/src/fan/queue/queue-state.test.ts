import { describe, expect, it } from "vitest";
import {
  answered,
  begin,
  dueWhile,
  endsPlace,
  progress,
  refused,
  type Place,
} from "./queue-state.ts";

const NOW = Date.parse("2026-11-22T10:59:00Z");
const WAITING = {
  state: "waiting",
  position: 1204,
  number: 217464873984512,
  waiting: 5310,
  estimated_wait_s: { min: 90, max: 180 },
  seats_left: 2000,
  poll_after_ms: 12000,
} as const satisfies Place;
const ADMITTED: Place = {
  state: "admitted",
  entry_token: "token",
  entry_expires_at: "2026-11-22T11:10:00Z",
};
const nothing = { retryAfterMs: null, opensAt: null };

describe("the state", () => {
  it("begins with a poll when there is a place, and with a join when there is none", () => {
    expect(begin(true, NOW).step).toBe("poll");
    expect(begin(false, NOW)).toMatchObject({ step: "join", dueAt: NOW });
  });

  it("asks again when the server says, to the millisecond", () => {
    const state = answered(begin(false, NOW), WAITING, NOW);
    expect(state).toMatchObject({ step: "poll", dueAt: NOW + 12000, place: WAITING });
  });

  it("ends when it is the fan's turn", () => {
    expect(answered(begin(true, NOW), ADMITTED, NOW).step).toBe("done");
  });

  it("keeps the place when no answer comes, and asks less often each time", () => {
    const near = { ...WAITING, poll_after_ms: 1000 };
    let state = answered(begin(true, NOW), near, NOW);
    const waits = [1, 2, 3, 4, 5, 6].map(() => {
      state = refused(state, { slug: "unreachable", ...nothing }, NOW, 1);
      return state.dueAt - NOW;
    });
    expect(waits).toEqual([2000, 4000, 8000, 16000, 30000, 30000]);
    expect(state).toMatchObject({ step: "poll", place: near, slug: "unreachable" });
    expect(answered(state, WAITING, NOW)).toMatchObject({ failures: 0, slug: null });
  });

  it("asks no sooner than the fan would have asked when no answer comes", () => {
    const state = answered(begin(true, NOW), WAITING, NOW);
    const again = (chance: number): number =>
      refused(state, { slug: "unreachable", ...nothing }, NOW, chance).dueAt - NOW;
    expect(again(0)).toBe(12_000);
    expect(again(1)).toBe(24_000);
  });

  it("obeys Retry-After, a little spread", () => {
    const busy = { slug: "overloaded", retryAfterMs: 5000, opensAt: null };
    expect(refused(begin(true, NOW), busy, NOW, 0).dueAt).toBe(NOW + 5000);
    expect(refused(begin(true, NOW), busy, NOW, 1).dueAt).toBe(NOW + 8000);
  });

  it("never asks at once again after a failure", () => {
    const state = refused(begin(true, NOW), { slug: "unreachable", ...nothing }, NOW, 0);
    expect(state.dueAt).toBeGreaterThan(NOW);
  });

  it("comes back when joining begins", () => {
    const opens = { slug: "queue-not-open", retryAfterMs: null, opensAt: "2026-11-22T11:00:00Z" };
    const state = refused(begin(false, NOW), opens, NOW, 0.5);
    expect(state).toMatchObject({ step: "join", dueAt: NOW + 61_500, opensAt: opens.opensAt });
    const farAway = { ...opens, opensAt: "2027-01-01T00:00:00Z" };
    expect(refused(begin(false, NOW), farAway, NOW, 0).dueAt).toBe(NOW + 600_000);
  });

  it("solves a challenge when one is wanted", () => {
    const wanted = { slug: "proof-of-work-required", ...nothing };
    expect(refused(begin(false, NOW), wanted, NOW, 0)).toMatchObject({ step: "solve", dueAt: NOW });
  });

  it("joins again when its token is invalid, and asks the fan when a place is over", () => {
    const state = answered(begin(true, NOW), WAITING, NOW);
    const unknown = refused(state, { slug: "queue-token-invalid", ...nothing }, NOW, 0);
    expect(unknown).toMatchObject({ step: "join", place: null, slug: null });
    const over = refused(state, { slug: "queue-token-expired", ...nothing }, NOW, 0);
    expect(over).toMatchObject({ step: "ask-fan", slug: "queue-token-expired" });
    expect(over.place).toBeNull();
    expect([endsPlace("queue-token-invalid"), endsPlace("rate-limited")]).toEqual([true, false]);
  });

  it("goes on asking about a place whatever else is refused", () => {
    const state = answered(begin(true, NOW), WAITING, NOW);
    for (const slug of ["concert-not-found", "queue-closed", "unauthenticated", "brand-new"]) {
      const after = refused(state, { slug, ...nothing }, NOW, 1);
      expect(after).toMatchObject({ step: "poll", place: WAITING, slug });
      expect(after.dueAt - NOW).toBeLessThanOrEqual(30_000);
    }
  });

  it("asks the fan about everything that waiting does not mend, while there is no place", () => {
    for (const slug of ["unauthenticated", "queue-closed", "presale-code-invalid", "brand-new"]) {
      expect(refused(begin(false, NOW), { slug, ...nothing }, NOW, 0).step).toBe("ask-fan");
    }
  });
});

describe("a hidden page", () => {
  it("asks seldom, but often enough to be counted as there", () => {
    const near = answered(begin(true, NOW), { ...WAITING, poll_after_ms: 1000 }, NOW);
    expect(dueWhile(false, near)).toBe(NOW + 1000);
    expect(dueWhile(true, near)).toBe(NOW + 15_000);
    const far = answered(begin(true, NOW), { ...WAITING, poll_after_ms: 60_000 }, NOW);
    expect(dueWhile(true, far)).toBe(NOW + 60_000);
  });

  it("asks about what is sold out, too, because seats may come back", () => {
    const gone: Place = { state: "sold_out", waiting: 9, seats_left: 0, poll_after_ms: 60_000 };
    expect(dueWhile(true, answered(begin(true, NOW), gone, NOW))).toBe(NOW + 60_000);
  });

  it("joins without delay", () => {
    expect(dueWhile(true, begin(false, NOW))).toBe(NOW);
  });
});

it("progress goes from nothing to all", () => {
  expect(progress(1001, 1001)).toBe(0);
  expect(progress(1001, 501)).toBe(0.5);
  expect(progress(1001, 1)).toBe(1);
  expect(progress(10, 20)).toBe(0);
  expect(progress(1, 1)).toBe(1);
  expect(progress(0, 7)).toBe(0);
});
