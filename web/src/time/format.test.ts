import { describe, expect, it } from "vitest";
import { count, date, dateRange, dateTime, money } from "./format.ts";

describe("money", () => {
  it("is written as each language writes it", () => {
    expect(money(66000, "KRW", "ko")).toBe("66,000원");
    expect(money(66000, "KRW", "en")).toBe("₩66,000");
  });

  it("counts in the currency's minor unit", () => {
    expect(money(6650, "EUR", "en")).toBe("€66.50");
    expect(money(6650, "EUR", "ko")).toBe("€66.50");
    expect(money(500, "JPY", "en")).toContain("500");
  });
});

describe("dates", () => {
  it("name the day of the week", () => {
    expect(date("2030-05-03T11:00:00Z", "ko")).toBe("2030년 5월 3일 (금)");
    expect(date("2030-05-03T11:00:00Z", "en")).toBe("Fri, 3 May 2030");
  });

  it("come with their hour", () => {
    expect(dateTime("2030-05-03T11:00:00Z", "ko")).toMatch(/5월 3일 \(금\) 오(전|후)\u00a0\d+:00$/);
  });

  it("are said once when there is only one", () => {
    const one = dateRange("2030-05-03T03:00:00Z", "2030-05-03T09:00:00Z", "ko");
    expect(one).toBe("2030년 5월 3일");
    expect(dateRange("2030-05-03T11:00:00Z", "2030-05-04T09:00:00Z", "en")).toContain("3");
  });
});

it("numbers are grouped", () => {
  expect(count(48200, "ko")).toBe("48,200");
});
