import { describe, expect, it } from "vitest";
import { en, ko } from "../i18n/seat-map.ts";
import { listRows, listSections } from "./list.ts";
import { unknownAvailability } from "../../hall/availability.ts";
import { fullSeatName, sayOf, seatName, sectionName, type Speech } from "./names.ts";
import { readPlan } from "../../hall/plan.ts";
import { availabilityOf, planAnswer, planOf } from "../../hall/testing.ts";

const plan = planOf(
  { name: "101", grade: 0, rows: 2, seats: 5, floor: "1층" },
  { name: "102", grade: 1, rows: 1, seats: 4, floor: "1층" },
  { name: "2층 앞", grade: 1, rows: 1, seats: 3, floor: "2층" },
);
const availability = availabilityOf(plan, 0, 10, 11, 12, 13);

describe("the list", () => {
  it("has floors with their sections, what is left and what it costs", () => {
    expect(listSections(plan, availability, null)).toEqual([
      {
        name: "1층",
        sections: [
          { section: 0, left: 9, priceFrom: 121_000, priceTo: 121_000 },
          { section: 1, left: 0, priceFrom: 88_000, priceTo: 88_000 },
        ],
      },
      { name: "2층", sections: [{ section: 2, left: 3, priceFrom: 88_000, priceTo: 88_000 }] },
    ]);
  });

  it("has floors by their English names where these are read", () => {
    const sections = plan.sections.map((section, at) => ({
      ...section,
      floorEn: at < 2 ? "Stalls" : null,
    }));
    const names = (english: boolean) =>
      listSections({ ...plan, sections }, availability, null, english).map(({ name }) => name);
    expect(names(true)).toEqual(["Stalls", "2층"]);
    expect(names(false)).toEqual(["1층", "2층"]);
  });

  it("has only the sections of a grade, when one is wanted", () => {
    const floors = listSections(plan, availability, 1);
    expect(floors.flatMap(({ sections }) => sections.map(({ section }) => section))).toEqual([
      1, 2,
    ]);
  });

  it("has the rows of a section with all of their seats", () => {
    expect(listRows(plan, availability, 0, null)).toEqual([
      { row: 0, name: "A", seats: [0, 1, 2, 3, 4], left: 4 },
      { row: 1, name: "B", seats: [5, 6, 7, 8, 9], left: 5 },
    ]);
    expect(listRows(plan, availability, 0, 1)).toEqual([]);
  });
});

describe("what the map writes on a section", () => {
  const speech: Speech = { words: en, price: (n) => `₩${n}`, count: String };

  it("is its name, its price and what is left", () => {
    const left = { name: "101", price: "₩121000", left: "9 left" };
    expect(sayOf(plan, availability, 0, speech)).toEqual(left);
    expect(sayOf(plan, availability, 1, speech).left).toBe("Sold out");
    expect(sayOf(plan, unknownAvailability(plan), 0, speech).left).toBe("");
  });

  it("is the lowest price of what is left, when there are several", () => {
    const answer = planAnswer([{ name: "101", grade: 0, rows: 1, seats: 4 }]);
    answer.seats.grade = [0, 0, 1, 1];
    const mixed = readPlan(answer);
    expect(sayOf(mixed, availabilityOf(mixed), 0, speech).price).toBe("from ₩88000");
    expect(sayOf(mixed, availabilityOf(mixed, 2, 3), 0, speech).price).toBe("₩121000");
  });
});

describe("names", () => {
  const korean: Speech = { words: ko, price: (n) => `${n}원`, count: String };
  const english: Speech = { words: en, price: (n) => `₩${n}`, count: String };

  it("say everything about a seat", () => {
    expect(fullSeatName(plan, 6, "free", korean)).toBe("101구역 B열 2번, R석, 121000원, 선택 가능");
    expect(fullSeatName(plan, 6, "chosen", english)).toBe(
      "Section 101, row B, seat 2, R, ₩121000, chosen",
    );
  });

  it("say what is special about a seat, with its note in the reader's language", () => {
    const answer = planAnswer([{ name: "101", grade: 0, rows: 1, seats: 2 }]);
    const note = { note: "기둥", note_en: "A pillar" };
    answer.marks = [
      { mark: "wheelchair", seats: [0] },
      { mark: "restricted_view", seats: [0, 1], ...note },
      { mark: "note", seats: [1], note: "맨 앞" },
    ];
    const marked = readPlan(answer);
    expect(fullSeatName(marked, 0, "free", korean)).toBe(
      "A열 1번, R석, 121000원, 휠체어석, 시야 제한석: 기둥, 선택 가능",
    );
    expect(fullSeatName(marked, 1, "free", english)).toBe(
      "row A, seat 2, R, ₩121000, restricted view: A pillar, 맨 앞, available",
    );
  });

  it("leave a section's own words as they are, and say the floor only if it is needed", () => {
    expect(sectionName(plan, 2, korean)).toBe("2층 앞");
    const twice = planOf(
      { name: "A", grade: 0, rows: 1, seats: 2, floor: "1층" },
      { name: "A", grade: 0, rows: 1, seats: 2, floor: "2층" },
    );
    expect(sectionName(twice, 1, korean)).toBe("2층 A구역");
  });

  it("leave out the section where there is only one", () => {
    expect(seatName(planOf({ name: "홀", grade: 0, rows: 1, seats: 9 }), 4, korean)).toBe(
      "A열 5번",
    );
  });
});
