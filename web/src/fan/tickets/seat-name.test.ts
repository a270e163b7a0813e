import { expect, it } from "vitest";
import { en, ko } from "../i18n/seat-map.ts";
import { seatNameOf } from "./seat-name.ts";

const seat = { number: "F1-H-10", floor: "2층", section: "F1", row: "H", label: "10" };

it("a seat is said with floor, section, row and number, as the map says it", () => {
  expect(seatNameOf(seat, ko)).toBe("2층 F1구역 H열 10번");
  expect(seatNameOf(seat, en)).toBe("2층, Section F1, row H, seat 10");
});

it("a floor that the section's name has in it is said once", () => {
  const theatre = { ...seat, floor: "1층", section: "1층 중앙", row: "A", label: "12" };
  expect(seatNameOf(theatre, ko)).toBe("1층 중앙 A열 12번");
});

it("a seat without a section or row is called by its number", () => {
  const bare = { number: "A-12", floor: null, section: null, row: null, label: null };
  expect(seatNameOf(bare, ko)).toBe("A-12번");
  expect(seatNameOf({ ...bare, number: "7" }, en)).toBe("seat 7");
});

it("names a ticket of an area by its entry number", () => {
  const spot = { number: "A-17", floor: null, section: "스탠딩 A", row: null, label: "17" };
  expect(seatNameOf(spot, ko)).toBe("스탠딩 A 입장번호 17번");
  expect(seatNameOf(spot, en)).toBe("스탠딩 A, entry number 17");
});
