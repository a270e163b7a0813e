import { describe, expect, it } from "vitest";
import { isBackwards, momentAt } from "./period.ts";

describe("a time that was typed on the venue's clocks", () => {
  it("is the moment at which they show it", () => {
    expect(momentAt("2030-05-03T20:00", "Asia/Seoul")).toBe("2030-05-03T11:00:00.000Z");
    expect(momentAt("2030-01-01T00:30:15", "UTC")).toBe("2030-01-01T00:30:15.000Z");
    expect(momentAt("1999-01-01T00:00", "Asia/Seoul")).toBe("1998-12-31T15:00:00.000Z");
  });

  it("follows the zone when its clocks are changed", () => {
    // On 10 March 2030 at 2:00 the clocks of New York go to 3:00.
    expect(momentAt("2030-03-10T01:30", "America/New_York")).toBe("2030-03-10T06:30:00.000Z");
    expect(momentAt("2030-03-10T03:30", "America/New_York")).toBe("2030-03-10T07:30:00.000Z");
  });

  it("is on the reader's own where the zone is not known", () => {
    const own = new Date("2030-05-03T20:00").toISOString();
    expect(momentAt("2030-05-03T20:00", null)).toBe(own);
    expect(momentAt("2030-05-03T20:00", "Mars/Olympus")).toBe(own);
  });

  it("is none where nothing was typed", () => {
    expect(momentAt("", "Asia/Seoul")).toBeNull();
  });
});

describe("a period", () => {
  it("is backwards unless its end comes after its beginning", () => {
    const [noon, later] = ["2030-05-03T12:00:00.000Z", "2030-05-03T12:00:01.000Z"];
    expect(isBackwards({ since: noon, until: later })).toBe(false);
    expect(isBackwards({ since: noon, until: noon })).toBe(true);
    expect(isBackwards({ since: later, until: noon })).toBe(true);
    expect(isBackwards({ since: later, until: null })).toBe(false);
    expect(isBackwards({ since: null, until: noon })).toBe(false);
  });
});
