import { describe, expect, it } from "vitest";
import { canChoose, COMFORTABLE_PITCH_PX, detailAt } from "./detail.ts";

describe("the detail", () => {
  it("begins with sections alone", () => {
    expect(detailAt(2)).toMatchObject({ seats: 0, overview: true, shapes: false, rows: false });
  });

  it("only ever grows as one comes nearer, but for letters, which numbers replace", () => {
    let before = detailAt(0);
    for (let pitch = 0; pitch < 60; pitch += 0.5) {
      const now = detailAt(pitch);
      expect(now.seats).toBeGreaterThanOrEqual(before.seats);
      for (const part of ["shapes", "rows", "numbers"] as const) {
        expect(now[part] || !before[part]).toBe(true);
      }
      expect(now.letters && now.numbers).toBe(false);
      before = now;
    }
    expect(before).toMatchObject({ seats: 1, overview: false, numbers: true });
  });

  it("always has a way to tell grades apart without colours", () => {
    for (let pitch = 0.5; pitch < 60; pitch += 0.5) {
      const { seats, tags, shapes } = detailAt(pitch);
      expect(seats < 1 || tags || shapes).toBe(true);
    }
  });

  it("allows no choice of a seat that isn't drawn, and a finger later than a mouse", () => {
    expect(canChoose(3, "fine")).toBe(false);
    expect(canChoose(10, "fine")).toBe(true);
    expect(canChoose(10, "coarse")).toBe(false);
    expect(canChoose(COMFORTABLE_PITCH_PX, "coarse")).toBe(true);
  });

  it("lets a finger choose only seats whose number can be read", () => {
    for (let pitch = 0; pitch < 60; pitch += 0.5) {
      if (canChoose(pitch, "coarse")) expect(detailAt(pitch).numbers).toBe(true);
    }
  });
});
