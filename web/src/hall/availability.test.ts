import { describe, expect, it } from "vitest";
import { applyDelta, isFree, resetTo, unknownAvailability } from "./availability.ts";
import { availabilityOf, bitmap, planOf } from "./testing.ts";

const plan = planOf(
  { name: "101", grade: 0, rows: 2, seats: 5 },
  { name: "102", grade: 1, rows: 1, seats: 7 },
);

describe("availability", () => {
  it("allows no choice before the first answer", () => {
    const unknown = unknownAvailability(plan);
    expect(unknown.version).toBeNull();
    expect(isFree(unknown, 0)).toBe(false);
    expect(isFree(unknown, 16)).toBe(false);
    expect(unknown.left).toBe(0);
  });

  it("reads the server's bitmap, least significant bit first", () => {
    const availability = unknownAvailability(plan);
    // Seats 0, 9 and 16: 0b00000001, 0b00000010, 0b00000001.
    resetTo(availability, plan, 7, btoa("\x01\x02\x01"));
    const taken = [...plan.x.keys()].filter((seat) => !isFree(availability, seat));
    expect(taken).toEqual([0, 9, 16]);
    expect(availability.version).toBe(7);
    expect([...availability.leftInSection]).toEqual([8, 6]);
    expect([...availability.leftInGrade]).toEqual([8, 6]);
    expect(availability.left).toBe(14);
  });

  it("says what is news in a second bitmap", () => {
    const availability = availabilityOf(plan, 1, 2);
    const news = resetTo(availability, plan, 9, bitmap(17, 2, 3));
    expect(news).toEqual({ taken: [3], freed: [1] });
    expect(availability.left).toBe(15);
  });

  it("counts a change once, however often it is reported", () => {
    const availability = availabilityOf(plan, 4);
    expect(applyDelta(availability, plan, 3, [4, 5], [])).toEqual({ taken: [5], freed: [] });
    expect(applyDelta(availability, plan, 4, [5], [4])).toEqual({ taken: [], freed: [4] });
    expect(availability.left).toBe(16);
    expect(availability.version).toBe(4);
  });

  it("frees first: a seat that changed hands within one report is taken", () => {
    const availability = availabilityOf(plan, 4);
    applyDelta(availability, plan, 3, [4], [4]);
    expect(isFree(availability, 4)).toBe(false);
    expect(availability.left).toBe(16);
  });

  it("survives seats that the plan doesn't have and a bitmap that is too short", () => {
    const availability = availabilityOf(plan);
    expect(applyDelta(availability, plan, 3, [17, -1, 900], [])).toEqual({ taken: [], freed: [] });
    resetTo(availability, plan, 4, "");
    expect(availability.left).toBe(17);
  });
});
