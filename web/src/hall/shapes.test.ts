import { describe, expect, it } from "vitest";
import { around, boundsOf, contains, meet, roomAt, withoutNotches, type Point } from "./shapes.ts";

const SQUARE: Point[] = [
  [0, 0],
  [100, 0],
  [100, 100],
  [0, 100],
];

describe("an outline", () => {
  it("contains what is inside it, also where it is hollow", () => {
    const hook: Point[] = [
      [0, 0],
      [30, 0],
      [30, 10],
      [10, 10],
      [10, 30],
      [0, 30],
    ];
    expect(contains(hook, [5, 25])).toBe(true);
    expect(contains(hook, [25, 5])).toBe(true);
    expect(contains(hook, [25, 25])).toBe(false);
  });

  it("has as much room round a point as the nearer edge leaves", () => {
    expect(roomAt(SQUARE, [50, 50])).toBe(100);
    expect(roomAt(SQUARE, [20, 50])).toBe(40);
    expect(roomAt(SQUARE, [120, 50])).toBe(0);
  });

  it("loses small notches and keeps large ones, in both directions of going round", () => {
    const uneven: Point[] = [
      [0, 0],
      [50, 3],
      [100, 0],
      [100, 100],
      [50, 60],
      [0, 100],
    ];
    const even = uneven.filter((_, at) => at !== 1);
    expect(withoutNotches(uneven, 1, 10)).toEqual(even);
    expect(withoutNotches(uneven.slice().reverse(), 1, 10)).toEqual(even.slice().reverse());
  });

  it("keeps what stands out, and steps that are too small to be notches", () => {
    const arc: Point[] = [
      [0, 0],
      [50, 0.5],
      [100, 0],
      [103, 50],
      [100, 100],
      [0, 100],
    ];
    expect(withoutNotches(arc, 1, 10)).toEqual(arc);
  });
});

describe("boxes", () => {
  it("are the smallest round their points and boxes", () => {
    const box = boundsOf([
      [3, 9],
      [-1, 4],
      [2, 11],
    ]);
    expect(box).toEqual({ left: -1, top: 4, right: 3, bottom: 11 });
    expect(around([box, { left: 0, top: 0, right: 1, bottom: 1 }])).toEqual({ ...box, top: 0 });
    expect(boundsOf([])).toEqual({ left: 0, top: 0, right: 0, bottom: 0 });
  });

  it("meet when they share a point", () => {
    const box = boundsOf(SQUARE);
    expect(meet(box, { left: 100, top: 100, right: 120, bottom: 120 })).toBe(true);
    expect(meet(box, { left: 101, top: 0, right: 120, bottom: 20 })).toBe(false);
  });
});
