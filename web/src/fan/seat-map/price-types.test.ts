import { describe, expect, it } from "vitest";
import { readPlan } from "../../hall/plan.ts";
import {
  costOf,
  feeOf,
  idsOf,
  idsSold,
  NO_TYPES,
  typeOf,
  typesOfSpots,
  typesOn,
  withFewerSpots,
  withSpotType,
  withType,
} from "./price-types.ts";
import { planAnswer, withAreas } from "../../hall/testing.ts";

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
    const types = withType(NO_TYPES, 1, "child");
    expect(costOf(plan, [0, 1, 3], types, null)).toBe(100 + 40 + 50);
    expect(costOf(plan, [0, 1, 3], types, FEE)).toBe(190 + 21);
    expect(costOf(plan, [], types, FEE)).toBe(0);
  });

  it("sends an id for each seat, and none when all have the full price", () => {
    const types = withType(NO_TYPES, 1, "child");
    expect(idsOf(plan, [0, 1], types)).toEqual([null, "child"]);
    expect(idsOf(plan, [0, 2], types)).toEqual([]);
    expect(idsOf(plan, [0, 1], withType(types, 1, null))).toEqual([]);
  });

  it("means the full price where the grade does not have the type", () => {
    const types = withType(NO_TYPES, 3, "child");
    expect(typeOf(plan, 3, types)).toBeNull();
    expect(costOf(plan, [3], types, null)).toBe(50);
  });
});

describe("the types of an area's tickets", () => {
  const answer = planAnswer(
    [{ name: "101", grade: 0, rows: 1, seats: 2 }],
    [{ name: "R", price: 100, color: 0, types: [{ id: "child", name: "어린이", price: 40 }] }],
  );
  const hall = readPlan(withAreas(answer, { name: "PIT", grade: 0, capacity: 9 }));
  const pit = 1;
  const types = withSpotType(NO_TYPES, pit, 1, "child");

  it("are each ticket's own, and cost what they cost", () => {
    const ids = typesOfSpots(hall, pit, 3, types).map((type) => type?.id ?? null);
    expect(ids).toEqual([null, "child", null]);
    expect(costOf(hall, [], types, null, new Map([[pit, 3]]))).toBe(240);
    expect(costOf(hall, [], types, null, new Map([[pit, 1]]))).toBe(100);
    expect(costOf(hall, [0], types, FEE, new Map([[pit, 2]]))).toBe(100 + 140 + 21);
  });

  it("are sent after those of the seats", () => {
    const spots = new Map([[pit, 2]]);
    expect(idsOf(hall, [0], types, spots)).toEqual([null, null, "child"]);
    expect(idsOf(hall, [0], withType(types, 0, "child"), spots)).toEqual(["child", null, "child"]);
    expect(idsOf(hall, [0], withSpotType(types, pit, 1, null), spots)).toEqual([]);
  });

  it("go with the tickets that are taken back", () => {
    const fewer = withFewerSpots(types, pit, 1);
    expect(idsOf(hall, [], fewer, new Map([[pit, 2]]))).toEqual([]);
    expect(withFewerSpots(types, pit, 2)).toBe(types);
  });
});

it("a fee of an order is charged once", () => {
  expect(feeOf(3, { amount: 7, per: "order" })).toBe(7);
  expect(feeOf(3, FEE)).toBe(21);
  expect(feeOf(3, null)).toBe(0);
});
