import { expect, test } from "vitest";
import { isCalm, type Trouble } from "./trouble.ts";

const EMPTY: Trouble = {
  at: "2026-01-01T10:00:00.000Z",
  payments: [],
  refunds: [],
  mails: [],
  webhooks: [],
  bells: [],
};

test("nothing waits where all lists are empty, and a role at a concert has no webhooks", () => {
  expect(isCalm(EMPTY)).toBe(true);
  expect(isCalm({ ...EMPTY, webhooks: null })).toBe(true);
});

test("bells that are not known are no calm", () => {
  expect(isCalm({ ...EMPTY, bells: null })).toBe(false);
  const bells = [{ concert_id: "hall", bell: "paused" as const, since: null }];
  expect(isCalm({ ...EMPTY, bells })).toBe(false);
});
