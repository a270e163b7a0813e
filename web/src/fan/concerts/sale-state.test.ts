import { describe, expect, it } from "vitest";
import { KEEP_OPEN_MS, isWorthWaiting, joiningBegins } from "./sale-state.ts";

const BEGINS = "2026-10-24T10:00:00.000Z";
const LOCAL = "2026-10-24T19:00:00.000+09:00";
const early = {
  state: "before_sale",
  prequeue_opens_at: BEGINS,
  prequeue_opens_at_local: LOCAL,
} as const;

describe("joining", () => {
  it("begins at a moment on the venue's clocks while the prequeue has not opened", () => {
    expect(joiningBegins(early)).toBe(LOCAL);
    expect(joiningBegins({ ...early, prequeue_opens_at_local: null })).toBe(BEGINS);
  });

  it("has begun in every other state", () => {
    expect(joiningBegins(null)).toBeNull();
    for (const state of ["prequeue", "open", "paused", "sold_out"] as const)
      expect(joiningBegins({ ...early, state })).toBeNull();
  });

  it("is worth waiting for on the page in the last hour before", () => {
    const begins = Date.parse(BEGINS);
    expect(isWorthWaiting(LOCAL, begins - KEEP_OPEN_MS)).toBe(true);
    expect(isWorthWaiting(LOCAL, begins - KEEP_OPEN_MS - 1)).toBe(false);
    expect(isWorthWaiting(LOCAL, begins - 29 * 86_400_000)).toBe(false);
  });
});
