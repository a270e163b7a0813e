import { describe, expect, it } from "vitest";
import { named } from "./names.ts";

const CONCERT = {
  title: "첫눈",
  title_en: "First Snow",
  venue: "소극장",
  venue_en: null,
  seats: [{ grade: "시야제한석", grade_en: "Restricted view", price: 33000 }],
};

describe("names", () => {
  it("are the English ones on the English page, where there are any", () => {
    expect(named(CONCERT, "en")).toEqual({
      ...CONCERT,
      title: "First Snow",
      seats: [{ ...CONCERT.seats[0], grade: "Restricted view" }],
    });
  });

  it("stay as they are on the Korean page", () => {
    expect(named(CONCERT, "ko")).toBe(CONCERT);
  });

  it("of nothing are nothing", () => {
    expect([named(null, "en"), named("a", "en"), named([1], "en")]).toEqual([null, "a", [1]]);
  });
});
