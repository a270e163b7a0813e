import { expect, test } from "vitest";
import type { Fan } from "./acts.ts";
import { happened } from "./timeline.ts";

const ORDER = { id: "1", booking_number: "ABCDE-12345", currency: "USD", concert_id: "hall" };
const EVENTS = ["2026-01-01T10:00:00.000Z", "2026-01-01T10:02:00.000Z"].map((at) => ({
  order_id: "1",
  at,
  what: "held",
}));
const MAIL = { order_id: "1", at: "2026-01-01T10:01:00.000Z", kind: "order_paid" };

test("events and mails are one list, newest first, with their booking numbers and concerts", () => {
  const fan = { orders: [ORDER], events: EVENTS, mails: [MAIL] } as unknown as Fan;
  const lines = happened(fan);
  expect(lines.map((line) => line.at.slice(14, 16))).toEqual(["02", "01", "00"]);
  expect(lines.map((line) => line.mail === null)).toEqual([true, false, true]);
  expect(new Set(lines.map(({ concert }) => concert))).toEqual(new Set(["hall"]));
  expect(lines.every((line) => line.booking === "ABCDE-12345" && line.currency === "USD")).toBe(
    true,
  );
});
