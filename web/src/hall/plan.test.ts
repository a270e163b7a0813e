import { describe, expect, it } from "vitest";
import { areSideBySide, priceOf, readPlan, rowOf, seatsByNumber, sectionOf } from "./plan.ts";
import { planAnswer, planOf, withAreas } from "./testing.ts";

const TWO = [
  { name: "101", grade: 0, rows: 2, seats: 4 },
  { name: "102", grade: 1, rows: 3, seats: 5 },
] as const;

describe("a plan", () => {
  const plan = planOf(...TWO);

  it("knows the row, the section and the price of each seat", () => {
    expect(rowOf(plan, 5).name).toBe("B");
    expect(sectionOf(plan, 5)).toBe(0);
    expect(sectionOf(plan, 8)).toBe(1);
    expect(priceOf(plan, 5)).toBe(121_000);
    expect(priceOf(plan, 8)).toBe(88_000);
  });

  it("tells as many grades apart as there are", () => {
    const grades = Array.from({ length: 300 }, (_, color) => ({
      name: `${color}`,
      price: 100_000 - color,
      color,
    }));
    const many = readPlan(planAnswer([{ name: "101", grade: 299, rows: 1, seats: 1 }], grades));
    expect(priceOf(many, 0)).toBe(99_701);
  });

  it("knows the rows of each section", () => {
    expect(plan.sections.map(({ firstRow, rows }) => [firstRow, rows])).toEqual([
      [0, 2],
      [2, 3],
    ]);
  });

  it("writes on a seat what its number says beyond the row", () => {
    expect(plan.labels.slice(0, 4)).toEqual(["1", "2", "3", "4"]);
    const answer = planAnswer(TWO);
    answer.seats.number[0] = "A12";
    answer.seats.number[1] = "7";
    answer.seats.number[2] = "1층 A열-A";
    expect(readPlan(answer).labels.slice(0, 3)).toEqual(["12", "7", "A"]);
  });

  it("takes the usual distance of neighbours, whatever the aisles", () => {
    const answer = planAnswer(TWO);
    for (const seat of [3, 7]) answer.seats.x[seat]! += 60;
    expect(readPlan(answer).pitch).toBe(10);
  });

  it("has neighbours in a row that are not parted by an aisle", () => {
    const answer = planAnswer(TWO);
    answer.seats.x[2]! += 15;
    answer.seats.x[3]! += 15;
    const parted = readPlan(answer);
    expect(areSideBySide(parted, 0, 1)).toBe(true);
    expect(areSideBySide(parted, 1, 2)).toBe(false);
    expect(areSideBySide(parted, 0, 2)).toBe(false);
    expect(areSideBySide(parted, 3, 4)).toBe(false);
  });

  it("finds seats by the server's numbers, and leaves out numbers that it doesn't have", () => {
    expect(seatsByNumber(plan, ["102-A-1", "101-A-2", "none"])).toEqual([1, 8]);
  });

  it("is read within a moment for 50,000 seats, all of them", () => {
    const many = Array.from({ length: 100 }, (_, at) => ({
      name: String(at),
      grade: at % 2,
      rows: 20,
      seats: 25,
    }));
    expect(planOf(...many).row.at(-1)).toBe(1999);
  });
});

describe("a plan with areas without seats", () => {
  const standing = { name: "스탠딩 A", grade: 1, capacity: 300 };
  const pit = { name: "PIT", grade: 0, capacity: 5 };
  const plan = readPlan(withAreas(planAnswer(TWO), standing, pit));

  it("has each area as a section without rows, and its spots after all seats", () => {
    expect(plan.x).toHaveLength(23);
    expect(plan.places).toBe(23 + 305);
    expect(
      plan.sections.map(({ name, isArea, rows, seats }) => [name, isArea, rows, seats]),
    ).toEqual([
      ["101", false, 2, 8],
      ["102", false, 3, 15],
      ["스탠딩 A", true, 0, 300],
      ["PIT", true, 0, 5],
    ]);
    expect([22, 23, 322, 323, 327].map((place) => sectionOf(plan, place))).toEqual([1, 2, 2, 3, 3]);
  });

  it("counts spots with the seats of their grade, but not where seats are chosen for the fan", () => {
    expect(plan.seatsOfGrade).toEqual([13, 315]);
    expect(plan.seatedOfGrade).toEqual([8, 15]);
  });

  it("may have nothing but areas", () => {
    const club = readPlan(withAreas(planAnswer([]), pit));
    expect(club.places).toBe(5);
    expect(sectionOf(club, 4)).toBe(0);
    expect(club.bounds.bottom).toBeGreaterThan(club.sections[0]!.bounds.bottom);
  });
});
