import { describe, expect, it } from "vitest";
import { count, date, dateRange, dateTime, money, time } from "./format.ts";

/** Run in a browser whose reader is in this zone. */
function inZone(zone: string, run: () => void): void {
  const before = process.env["TZ"];
  try {
    process.env["TZ"] = zone;
    run();
  } finally {
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  }
}

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

  it("are the venue's, and the reader's where those are different", () => {
    const local = "2030-05-03T20:00:00.000+09:00";
    inZone("America/New_York", () => {
      expect(dateTime(local, "en", "Asia/Seoul")).toBe(
        "Fri, 3 May 2030 20:00\u00a0KST · 7:00 your time",
      );
      expect(dateTime(local, "ko", "Asia/Seoul")).toBe(
        "2030년 5월 3일 (금) 오후\u00a08:00\u00a0KST · 내 시간 오전\u00a07:00",
      );
      expect(dateTime("2030-05-03T11:00:00.000Z", "en")).toBe("Fri, 3 May 2030 7:00");
    });
    inZone("Asia/Seoul", () => {
      expect(dateTime(local, "en", "Asia/Seoul")).toBe("Fri, 3 May 2030 20:00");
      expect(dateTime("2030-05-03T11:00:00.000Z", "ko", "Asia/Seoul")).toBe(
        "2030년 5월 3일 (금) 오후\u00a08:00",
      );
      expect(time("2030-07-03T20:00:00.000-04:00", "en", "America/New_York")).toMatch(
        /^20:00\sEDT · Thu,?\s4\sJul 9:00 your time$/,
      );
    });
  });

  it("name the reader's day where it is another one", () => {
    const morning = "2030-05-03T09:00:00.000+09:00";
    inZone("America/New_York", () => {
      expect(time(morning, "en", "Asia/Seoul").replaceAll("\u00a0", " ")).toMatch(
        /^9:00 KST · Thu,? 2 May 20:00 your time$/,
      );
      expect(time(morning, "ko", "Asia/Seoul").replaceAll("\u00a0", " ")).toBe(
        "오전 9:00 KST · 내 시간 5월 2일 (목) 오후 8:00",
      );
      expect(date(morning, "en", "Asia/Seoul")).toBe("Fri, 3 May 2030");
      expect(dateRange(morning, "2030-05-04T18:00:00.000+09:00", "en", "Asia/Seoul")).toMatch(
        /^3\s–\s4 May 2030$/,
      );
    });
  });

  it("have the venue's offset where the zone has no name, here or at all", () => {
    const local = "2030-05-03T20:00:00.000+09:00";
    inZone("America/New_York", () => {
      for (const zone of [null, undefined, "Moon/Tycho"]) {
        expect(time(local, "en", zone)).toBe("20:00\u00a0UTC+9 · 7:00 your time");
      }
      expect(time("2030-01-03T20:00:00.000-05:00", "en")).toBe("20:00");
      expect(dateRange(local, "2030-05-04T18:00:00.000+09:00", "en")).toMatch(/^3\s–\s4 May 2030$/);
    });
    inZone("Asia/Seoul", () => {
      expect(time("2030-05-03T20:00:00.000+05:45", "en")).toMatch(/^20:00\sUTC\+5:45 · 23:15 /);
    });
  });

  it("tell the two hours apart that clocks show twice", () => {
    inZone("America/New_York", () => {
      const hours = ["04:30", "05:30", "06:30", "07:30"].map((hour) =>
        time(`2030-11-03T${hour}:00.000Z`, "en", "America/New_York").replaceAll("\u00a0", " "),
      );
      expect(hours).toEqual(["0:30", "1:30 EDT", "1:30 EST", "2:30"]);
    });
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
