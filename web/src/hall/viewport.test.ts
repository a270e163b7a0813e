import { describe, expect, it } from "vitest";
import { along, flight, gliding } from "./motion.ts";
import type { Point } from "./shapes.ts";
import {
  between,
  clamp,
  fit,
  limitsFor,
  panned,
  revealing,
  seen,
  toPlan,
  toScreen,
  zoomedWithin,
} from "./viewport.ts";

const BOX = { left: 0, top: 0, right: 2000, bottom: 1000 };
const SIZE = { width: 400, height: 600 };
const LIMITS = limitsFor(BOX, 10, SIZE);
const WHOLE = fit(BOX, SIZE);

describe("the camera", () => {
  it("fits a box whole and in the middle", () => {
    const view = seen(WHOLE, SIZE);
    expect(view.left).toBeLessThan(0);
    expect(view.right).toBeGreaterThan(2000);
    expect(toScreen(WHOLE, SIZE, [1000, 500])).toEqual([200, 300]);
  });

  it("keeps what is under the pointer while zooming", () => {
    const at: Point = [37, 410];
    let camera = zoomedWithin(WHOLE, 12, [200, 300], SIZE, LIMITS);
    const before = toPlan(camera, SIZE, at);
    camera = zoomedWithin(camera, 1.7, at, SIZE, LIMITS);
    const after = toPlan(camera, SIZE, at);
    expect(after[0]).toBeCloseTo(before[0]);
    expect(after[1]).toBeCloseTo(before[1]);
  });

  it("stops at the limits, there too without moving what is under the pointer", () => {
    let camera = zoomedWithin(WHOLE, 1e6, [200, 300], SIZE, LIMITS);
    expect(camera.scale).toBeCloseTo(LIMITS.maxScale);
    const there = camera;
    camera = zoomedWithin(camera, 2, [10, 10], SIZE, LIMITS);
    expect(camera.x).toBeCloseTo(there.x);
    expect(camera.y).toBeCloseTo(there.y);
    expect(zoomedWithin(camera, 1e-6, [10, 10], SIZE, LIMITS).scale).toBeCloseTo(LIMITS.minScale);
  });

  it("never loses the plan off the screen", () => {
    const near = { ...WHOLE, scale: 2 };
    const far = clamp(panned(near, -1e6, 1e6), SIZE, LIMITS);
    const view = seen(far, SIZE);
    expect(view.left).toBeLessThan(2000);
    expect(view.bottom).toBeGreaterThan(0);
    expect(clamp(panned(WHOLE, 500, -500), SIZE, LIMITS)).toEqual(clamp(WHOLE, SIZE, LIMITS));
  });

  it("shows a small hall no larger than is comfortable", () => {
    const tiny = { left: 0, top: 0, right: 20, bottom: 20 };
    expect(limitsFor(tiny, 10, SIZE).minScale * 10).toBeLessThan(80);
  });

  it("moves only as far as needed to reveal a point", () => {
    const camera = { x: 500, y: 500, scale: 2 };
    expect(revealing(camera, SIZE, [510, 490], 50)).toEqual(camera);
    const moved = revealing(camera, SIZE, [700, 500], 50);
    expect(toScreen(moved, SIZE, [700, 500])[0]).toBeCloseTo(350);
    expect(moved.y).toBe(500);
  });
});

describe("motion", () => {
  const near = { x: 300, y: 200, scale: 3 };

  it("begins here and ends there, without a jump between", () => {
    const start = between(WHOLE, near, 0);
    const end = between(WHOLE, near, 1);
    expect(start.x).toBeCloseTo(WHOLE.x);
    expect(end.scale).toBeCloseTo(3);
    expect(end.x).toBeCloseTo(300);
    let before = start;
    for (let part = 0.05; part <= 1; part += 0.05) {
      const camera = between(WHOLE, near, part);
      expect(camera.scale).toBeGreaterThan(before.scale);
      before = camera;
    }
    expect(between(near, { ...near, x: 400 }, 0.5).x).toBeCloseTo(350);
  });

  it("arrives in time, and at once for those who want no motion", () => {
    const flown = flight(WHOLE, near, 1000, false);
    expect(along(flown, 1050).arrived).toBe(false);
    expect(along(flown, 5000)).toEqual({ camera: near, arrived: true });
    expect(along(flight(WHOLE, near, 1000, true), 1000).arrived).toBe(true);
  });

  it("fades after a swipe until it ends", () => {
    let swipe: { x: number; y: number } | null = { x: 1.5, y: 0 };
    let camera = near;
    let steps = 0;
    while (swipe && steps < 1000) {
      ({ camera, swipe } = gliding(camera, swipe, 16));
      steps += 1;
    }
    expect(swipe).toBeNull();
    expect(camera.x).toBeLessThan(near.x);
    expect(steps).toBeLessThan(100);
  });
});
