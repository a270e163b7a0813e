import { expect, it } from "vitest";
import { reading, withOffsetOf } from "./clocks.ts";

it("zones have the name that people use there", () => {
  const summer = "2030-07-03T11:00:00.000Z";
  const names = ["Asia/Seoul", "America/New_York", "Europe/Paris", "Europe/London"].map(
    (zone) => reading(summer, zone).name,
  );
  expect(names).toEqual(["KST", "EDT", "CEST", "BST"]);
  expect(reading("2030-01-03T11:00:00.000Z", "America/New_York").name).toBe("EST");
  expect(reading(summer, "Asia/Singapore").name).toBe("UTC+8");
});

it("a moment in UTC gets the offset of another one of the same venue", () => {
  const instant = "2030-05-03T20:30:00.000Z";
  expect(withOffsetOf("2030-05-03T20:00:00.000+09:00", instant)).toBe(
    "2030-05-04T05:30:00.000+09:00",
  );
  expect(withOffsetOf("2030-05-03T20:00:00.000-03:30", instant)).toBe(
    "2030-05-03T17:00:00.000-03:30",
  );
  expect(withOffsetOf(null, instant)).toBe(instant);
});
