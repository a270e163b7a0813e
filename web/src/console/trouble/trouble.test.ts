import { expect, test } from "vitest";
import { isCalm, type Trouble } from "./trouble.ts";

const EMPTY: Trouble = {
  at: "2026-01-01T10:00:00.000Z",
  payments: [],
  refunds: [],
  mails: [],
  webhooks: [],
  split_batches: [],
  bells: [],
  laws: [],
};

test("nothing waits where all lists are empty, and a role at a concert has neither webhooks nor laws", () => {
  expect(isCalm(EMPTY)).toBe(true);
  expect(isCalm({ ...EMPTY, webhooks: null, laws: null, split_batches: null })).toBe(true);
});

test("a law of the books that is violated is trouble", () => {
  const law = { name: "pass_pays_once", says: "", says_ko: "", looked_at: 5, violations: 1 };
  expect(isCalm({ ...EMPTY, laws: [law] })).toBe(false);
});

test("batches that were split are trouble", () => {
  expect(isCalm({ ...EMPTY, split_batches: [{ verb: "hold", count: 1 }] })).toBe(false);
});

test("bells that are not known are no calm", () => {
  expect(isCalm({ ...EMPTY, bells: null })).toBe(false);
  const bells = [{ concert_id: "hall", bell: "paused" as const, since: null }];
  expect(isCalm({ ...EMPTY, bells })).toBe(false);
});
