import { describe, expect, it } from "vitest";
import {
  bent,
  bentTo,
  layoutOf,
  moved,
  placeOf,
  pointOf,
  putLayout,
  radiusOf,
  riseOf,
  turned,
  turnedTo,
  type Layout,
} from "./layout.ts";
import type { Table } from "../fields.ts";

const STRAIGHT = layoutOf({ layout: { x: 10, y: 20 } });
const ARC = layoutOf({ layout: { x: 0, y: -60, distance: 120, rotation: 30 } });
const BENT = layoutOf({ layout: { x: 5, y: 7, rotation: -90, curve: 200 } });

function near(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((each, at) => expect(each).toBeCloseTo(wanted[at]!, 6));
}

describe("the layout of a section", () => {
  it("is read with the server's defaults, and where it was drawn without a place", () => {
    expect(layoutOf({}, [3, 4])).toEqual({
      x: 3,
      y: 4,
      distance: 0,
      rotation: 0,
      curve: null,
      rowGap: 12,
      seatGap: 10,
    });
    expect(layoutOf({ layout: { y: 8, x: "wrong", curve: 0 } }, [3, 4])).toMatchObject({
      x: 0,
      y: 8,
      curve: 0,
    });
    expect(radiusOf(ARC)).toBe(120);
    expect(radiusOf({ ...ARC, curve: 0.5 })).toBe(0);
  });

  it("puts seats where the server does", () => {
    near(pointOf(STRAIGHT, { along: 30, deep: 12 }), [40, 32]);
    // Round the reference point, and turned to its right side.
    near(pointOf({ ...ARC, rotation: 90 }, { along: 0, deep: 0 }), [120, -60]);
    near(pointOf({ ...ARC, rotation: 0 }, { along: 120 * (Math.PI / 2), deep: 0 }), [120, -60]);
    near(pointOf(BENT, { along: 0, deep: 12 }), [-7, 7]);
  });

  it("knows the place of every point", () => {
    for (const layout of [STRAIGHT, ARC, BENT]) {
      for (const place of [
        { along: 0, deep: 0 },
        { along: -45, deep: 24 },
        { along: 80, deep: 60 },
      ]) {
        const { along, deep } = placeOf(layout, pointOf(layout, place));
        near([along, deep], [place.along, place.deep]);
      }
    }
  });

  it("is moved, within what a file may say", () => {
    expect(moved(STRAIGHT, [5.26, -40])).toEqual({ x: 15.3, y: -20 });
    expect(moved(STRAIGHT, [1e6, -1e6])).toEqual({ x: 20_000, y: -20_000 });
  });

  it("is turned towards a point", () => {
    expect(turnedTo(STRAIGHT, [10, 120])).toEqual({ rotation: 0 });
    expect(turnedTo(STRAIGHT, [110, 20])).toEqual({ rotation: 90 });
    expect(turnedTo(STRAIGHT, [-90, 20])).toEqual({ rotation: -90 });
    expect(turned(185)).toEqual({ rotation: -175 });
    expect(turned(-725)).toEqual({ rotation: -5 });
  });

  it("is bent until the end of its front row is where the pointer is", () => {
    const half = 100;
    for (const rise of [1, 10, 40, 60]) {
      const { curve } = bent(half, rise);
      expect(riseOf({ ...STRAIGHT, curve: curve! }, half)).toBeCloseTo(rise, 0);
    }
    expect(bent(half, 0)).toEqual({ curve: 0 });
    expect(bent(half, -30)).toEqual({ curve: 0 });
    expect(bent(half, 1e9)["curve"]).toBeGreaterThan(0);
    const turnedBy: Layout = { ...STRAIGHT, rotation: 90 };
    expect(bentTo(turnedBy, half, [10 - 10, 20])).toEqual(bent(half, 10));
    expect(riseOf(STRAIGHT, half)).toBe(0);
  });

  it("is written beside what the table has", () => {
    const table: Table = { layout: { align: "left", x: 1 } };
    putLayout(table, { x: 2, y: 3 });
    expect(table).toEqual({ layout: { align: "left", x: 2, y: 3 } });
  });
});
