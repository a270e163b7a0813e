import { describe, expect, it } from "vitest";
import { readPlan } from "./plan.ts";
import { costOf, feeOf, idsOf, idsSold, typeOf, typesOn, withType } from "./price-types.ts";
import { planAnswer } from "./testing.ts";

const END = "2030-04-01T00:00:00.000Z";
const plan = readPlan(
  planAnswer(
    [
      { name: "101", grade: 0, rows: 1, seats: 3 },
      { name: "102", grade: 1, rows: 1, seats: 3 },
    ],
    [
      {
        name: "R",
        price: 100,
        color: 0,
        types: [
          { id: "child", name: "어린이", price: 40 },
          { id: "early", name: "조기예매", price: 80, until: END },
        ],
      },
      { name: "S", price: 50, color: 1 },
    ],
  ),
);
const FEE = { amount: 7, per: "ticket" } as const;

describe("the types of a grade", () => {
  it("are those that are still sold", () => {
    const end = Date.parse(END);
    expect(typesOn(plan, 0, end - 1).map(({ id }) => id)).toEqual(["child", "early"]);
    expect(typesOn(plan, 0, end).map(({ id }) => id)).toEqual(["child"]);
    expect(typesOn(plan, 1, 0)).toEqual([]);
  });
});

it("the best seats are asked for with types that their grade has, one for each", () => {
  const end = Date.parse(END);
  expect(idsSold(plan, 0, 3, [undefined, "child"], end)).toEqual([null, "child", null]);
  expect(idsSold(plan, 0, 1, ["early"], end)).toEqual([]);
  expect(idsSold(plan, 1, 1, ["child"], 0)).toEqual([]);
});

describe("a choice of types", () => {
  it("costs what each seat costs with its type, and the fee", () => {
    const types = withType(new Map(), 1, "child");
    expect(costOf(plan, [0, 1, 3], types, null)).toBe(100 + 40 + 50);
    expect(costOf(plan, [0, 1, 3], types, FEE)).toBe(190 + 21);
    expect(costOf(plan, [], types, FEE)).toBe(0);
  });

  it("sends an id for each seat, and none when all have the full price", () => {
    const types = withType(new Map(), 1, "child");
    expect(idsOf(plan, [0, 1], types)).toEqual([null, "child"]);
    expect(idsOf(plan, [0, 2], types)).toEqual([]);
    expect(idsOf(plan, [0, 1], withType(types, 1, null))).toEqual([]);
  });

  it("means the full price where the grade does not have the type", () => {
    const types = withType(new Map(), 3, "child");
    expect(typeOf(plan, 3, types)).toBeNull();
    expect(costOf(plan, [3], types, null)).toBe(50);
  });
});

it("a fee of an order is charged once", () => {
  expect(feeOf(3, { amount: 7, per: "order" })).toBe(7);
  expect(feeOf(3, FEE)).toBe(21);
  expect(feeOf(3, null)).toBe(0);
});
