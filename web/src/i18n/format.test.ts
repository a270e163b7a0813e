import { describe, expect, it } from "vitest";
import { count, date, dateRange, dateTime, money, time } from "./format.ts";

describe("money", () => {
  it("is written as each language writes it", () => {
    expect(money(66000, "KRW", "ko")).toBe("66,000원");
    expect(money(66000, "KRW", "en")).toBe("₩66,000");
  });

  it("counts in the currency's minor unit", () => {
    expect(money(6650, "EUR", "en")).toBe("€66.50");
    expect(money(6650, "EUR", "ko")).toBe("€66.50");
    expect(money(500, "JPY", "en")).toContain("500");
    expect(money(12_345, "HUF", "en")).toContain("123.45");
    expect(money(12_345, "IQD", "en")).toContain("12.345");
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

  it("are the venue's, which is named where the reader's clocks show something else", () => {
    const [zone, local] = [process.env["TZ"], "2030-05-03T20:00:00.000+09:00"];
    try {
      process.env["TZ"] = "America/New_York";
      expect(dateTime(local, "en")).toBe("Fri, 3 May 2030 20:00 (venue time, UTC+9)");
      expect(dateTime(local, "ko")).toBe("2030년 5월 3일 (금) 오후\u00a08:00 (현지 시각, UTC+9)");
      expect(dateTime("2030-05-03T11:00:00.000Z", "en")).toBe("Fri, 3 May 2030 7:00");
      expect(dateRange(local, "2030-05-04T18:00:00.000+09:00", "en")).toMatch(/^3\s–\s4 May 2030$/);
      expect(time("2030-01-03T20:00:00.000-05:00", "en")).toBe("20:00");
      process.env["TZ"] = "Asia/Seoul";
      expect(dateTime(local, "en")).toBe("Fri, 3 May 2030 20:00");
      expect(time("2030-05-03T20:00:00.000+05:45", "en")).toBe("20:00 (venue time, UTC+5:45)");
    } finally {
      if (zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = zone;
    }
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
