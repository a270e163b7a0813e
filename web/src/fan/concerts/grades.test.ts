import { describe, expect, it } from "vitest";
import type { Schemas } from "../../api/client.ts";
import { firstOf, leftWord, whyNot, type GradesOfDate } from "./grades.ts";

const date = (id: string, sale_is_over = false): Schemas["Date"] => ({
  id,
  starts_at: "2030-05-03T11:00:00.000Z",
  starts_at_local: null,
  has_begun: false,
  sale_ends_at: "2030-05-03T11:00:00.000Z",
  sale_ends_at_local: null,
  sale_is_over,
  sales: ["here"],
  seats_total: 10,
  price_from: 1,
  schedule: "as_planned",
  postponed_from: null,
  postponed_from_local: null,
  refundable_until: null,
});
const grades = (id: string, sold_out = false): GradesOfDate => ({ id, sold_out, grades: [] });

describe("the date that is shown first", () => {
  const dates = [date("begun", true), date("full"), date("free")];
  const sold = (id: string): GradesOfDate => grades(id, id === "full");

  it("is the first that can be booked", () => {
    expect(firstOf(dates, ({ id }) => sold(id))?.id).toBe("free");
    expect(firstOf(dates, () => undefined)?.id).toBe("full");
  });

  it("is the first to come where none can be, and the last of all where none comes", () => {
    expect(firstOf(dates.slice(0, 2), ({ id }) => sold(id))?.id).toBe("full");
    expect(firstOf([date("a", true), date("b", true)], () => undefined)?.id).toBe("b");
    expect(firstOf([], () => undefined)).toBeUndefined();
  });
});

it("a date whose sale is over is begun, whatever was sold", () => {
  expect(whyNot(date("a", true), grades("a", true))).toBe("begun");
  expect(whyNot(date("a"), grades("a", true))).toBe("sold_out");
  expect(whyNot(date("a"), undefined)).toBeNull();
});

it("seats left are said as a lower bound, one as one, and none as sold or held", () => {
  const words = {
    seatsLeft: (seats: string) => `${seats}+`,
    oneSeatLeft: "one",
    noneLeft: "none now",
    soldOut: "sold out",
  };
  const said = (left: number, soldOut = false) => leftWord(left, soldOut, words, String);
  expect([said(200), said(2), said(1)]).toEqual(["200+", "2+", "one"]);
  expect([said(0), said(0, true)]).toEqual(["none now", "sold out"]);
});
