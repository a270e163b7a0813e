import { describe, expect, it } from "vitest";
import { en, ko } from "../i18n/seat-map.ts";
import { areaName, leftOfGrade, limitWords, type Speech } from "./names.ts";
import { readPlan } from "../../hall/plan.ts";
import { planAnswer, planOf, withAreas } from "../../hall/testing.ts";

const inWords = (words: Speech["words"]): Speech => ({ words, price: String, count: String });
const seated = planOf({ name: "101", grade: 0, rows: 1, seats: 6 });
const mixed = readPlan(
  withAreas(planAnswer([{ name: "101", grade: 0, rows: 1, seats: 6 }]), {
    name: "스탠딩 A",
    grade: 1,
    capacity: 300,
  }),
);

describe("what is left of a grade", () => {
  it("is seats where it has seats only, else tickets", () => {
    expect(leftOfGrade(mixed, 0, 6, inWords(ko))).toBe("6석 남음");
    expect(leftOfGrade(mixed, 1, 6, inWords(ko))).toBe("6매 남음");
    expect(leftOfGrade(mixed, 0, 6, inWords(en))).toBe("6 seats left");
    expect(leftOfGrade(mixed, 1, 6, inWords(en))).toBe("6 left");
    expect(leftOfGrade(mixed, 1, 0, inWords(en))).toBe("Sold out");
  });
});

it("the limit is of seats in a hall of seats, and of tickets where there are areas", () => {
  expect(limitWords(seated, 4, en)).toContain("all 4 seats");
  expect(limitWords(mixed, 4, en)).toContain("all 4 tickets");
  expect(limitWords(mixed, 4, ko)).toContain("다른 티켓으로");
  expect(limitWords(mixed, 0, en)).toBe(en.noMore);
});

it("an area is named with its grade and price", () => {
  expect(areaName(mixed, 1, inWords(ko))).toBe("스탠딩 A, S석, 88000");
});

it("a section that is called by a letter or a number has a word beside it", () => {
  expect(["101", "F1", "A", "B-2"].map(en.sectionName)).toEqual([
    "Section 101",
    "Section F1",
    "Section A",
    "Section B-2",
  ]);
  expect(["Balcony", "PIT", "1층 중앙"].map(en.sectionName)).toEqual([
    "Balcony",
    "PIT",
    "1층 중앙",
  ]);
  expect(["101", "PIT"].map(ko.sectionName)).toEqual(["101구역", "PIT"]);
});
