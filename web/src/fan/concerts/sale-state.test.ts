import { describe, expect, it } from "vitest";
import { KEEP_OPEN_MS, isWorthWaiting, joiningBegins, saleOf, untilOpening } from "./sale-state.ts";

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

describe("the sale of a concert", () => {
  const OPENS = Date.parse("2030-01-01T00:00:00Z");
  const concert = {
    state: "open",
    queueing_method: "fifo",
    next_opening_at: "2030-01-01T00:00:00.000Z",
    last_performance_at: "2030-05-03T11:00:00.000Z",
  } as const;

  it("is soon until it opens, then on, and over when the last date has begun", () => {
    expect(saleOf({ ...concert, state: "before_sale" }, concert, OPENS - 1)).toBe("soon");
    expect(saleOf({ ...concert, state: "prequeue" }, concert, OPENS - 1)).toBe("soon");
    expect(saleOf(concert, concert, OPENS)).toBe("on_sale");
    expect(saleOf(concert, concert, Date.parse(concert.last_performance_at))).toBe("over");
    expect(saleOf({ ...concert, state: "closed" }, concert, OPENS)).toBe("over");
    const cancelled = { ...concert, state: "closed", schedule: "cancelled" } as const;
    expect(saleOf(cancelled, cancelled, OPENS)).toBe("cancelled");
  });

  it("is a presale while a queue is open and the general sale is not", () => {
    expect(saleOf(concert, concert, OPENS - 60_000)).toBe("presale");
    expect(saleOf(concert, concert, OPENS - 1_000)).toBe("on_sale");
    expect(saleOf({ ...concert, state: "paused" }, concert, OPENS - 60_000)).toBe("paused");
  });

  it("is on where a later phase has its prequeue only when that has opened", () => {
    const later = { ...concert, state: "prequeue" } as const;
    expect(saleOf(later, concert, OPENS - 1)).toBe("soon");
    // The page has not asked again since.
    expect(saleOf(later, concert, OPENS)).toBe("on_sale");
    expect(saleOf(concert, { ...concert, next_opening_at: null }, OPENS - 60_000)).toBe("on_sale");
  });

  it("opens in as long as the server says, and has opened where it says nothing", () => {
    expect(untilOpening(concert, OPENS - 1_500)).toBe(1_500);
    expect(untilOpening(concert, OPENS + 1)).toBe(0);
    expect(untilOpening({ next_opening_at: null }, OPENS)).toBe(0);
  });

  it("is what stops it, where something does", () => {
    expect(saleOf({ ...concert, state: "paused" }, concert, OPENS)).toBe("paused");
    expect(saleOf({ ...concert, state: "sold_out" }, concert, OPENS)).toBe("sold_out");
    expect(saleOf({ ...concert, state: "draining" }, concert, OPENS - 1)).toBe("draining");
    expect(saleOf({ ...concert, queueing_method: "reject" }, concert, OPENS)).toBe("draining");
  });
});
