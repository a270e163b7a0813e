import { expect, it } from "vitest";
import { rowsOf, type Policy } from "./policy.ts";

const policy = (...steps: Policy["steps"]): Policy => ({
  steps,
  closes_at: "17:00",
  closes_at_saturday: null,
  free_within_days: 7,
  free_until_days_before: 10,
  booking_fee_back: "booking_day",
});

it("each step begins on the day after the one before has ended", () => {
  const rows = rowsOf(
    policy(
      { until_days_before: 10, fee_per_ticket: 4000, fee_max_percent: 10, fee_percent: 0 },
      { until_days_before: 7, fee_per_ticket: 0, fee_max_percent: 100, fee_percent: 10 },
      { until_days_before: 1, fee_per_ticket: 0, fee_max_percent: 100, fee_percent: 0 },
    ),
  );
  expect(rows).toEqual([
    { first: null, last: 10, fee: { kind: "amount", amount: 4000, most: 10 } },
    { first: 9, last: 7, fee: { kind: "share", percent: 10 } },
    { first: 6, last: 1, fee: { kind: "none" } },
  ]);
});

it("a step of one day begins and ends on it", () => {
  const step = { fee_per_ticket: 0, fee_max_percent: 100, fee_percent: 5 };
  const rows = rowsOf(policy({ until_days_before: 2, ...step }, { until_days_before: 1, ...step }));
  expect([rows[1]!.first, rows[1]!.last]).toEqual([1, 1]);
});
