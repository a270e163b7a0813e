import { describe, expect, it } from "vitest";
import { dayName, dayOf, monthName, monthsBetween, weekdays, weeksOf } from "./months.ts";

describe("a day", () => {
  it("is the venue's, whatever the reader's clocks show", () => {
    expect(dayOf("2030-05-03T23:30:00.000+09:00")).toBe("2030-05-03");
    expect(dayOf("2030-05-03T00:30:00.000-05:00")).toBe("2030-05-03");
  });

  it("is the reader's where the venue's clocks are not known", () => {
    const moment = new Date(2030, 4, 3, 0, 30);
    expect(dayOf(moment.toISOString())).toBe("2030-05-03");
  });
});

describe("a month", () => {
  it("has all its days in weeks that begin as the language has it", () => {
    for (const language of ["ko", "en"] as const) {
      for (const [month, days] of Object.entries({ "2030-05": 31, "2028-02": 29, "2026-02": 28 })) {
        const weeks = weeksOf(month, language);
        expect(weeks.every((week) => week.length === 7)).toBe(true);
        const shown = weeks.flat().filter((day) => day !== null);
        expect(shown).toHaveLength(days);
        expect(shown[0]).toBe(`${month}-01`);
        const first = language === "ko" ? 0 : 1;
        for (const [day] of weeks.slice(1)) {
          expect(new Date(day!).getUTCDay()).toBe(first);
        }
      }
    }
  });

  it("follows the one before, over the end of a year", () => {
    expect(monthsBetween("2029-11", "2030-02", 12)).toEqual([
      "2029-11",
      "2029-12",
      "2030-01",
      "2030-02",
    ]);
    expect(monthsBetween("2029-11", "2099-02", 2)).toEqual(["2029-11", "2029-12"]);
    expect(monthsBetween("2030-02", "2030-01", 2)).toEqual([]);
  });

  it("is named as the language writes it", () => {
    expect(monthName("2030-05", "ko")).toBe("2030년 5월");
    expect(monthName("2030-05", "en")).toBe("May 2030");
    expect(dayName("2030-05-03", "ko")).toBe("5월 3일 (금)");
    expect(dayName("2030-05-03", "en")).toMatch(/^Fri,? 3 May$/);
    expect(weekdays("ko").map(({ short }) => short)).toEqual([..."일월화수목금토"]);
    expect(weekdays("en")[0]).toEqual({ short: "Mon", long: "Monday" });
  });
});
