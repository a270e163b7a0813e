// Which part of the plan is on the screen. Pure: every function gives back a new camera.
//
// A camera looks at the point (x, y) of the plan, in the middle of the screen, with `scale` pixels
// for each unit of the plan.
import { middleOf, type Bounds, type Point } from "./shapes.ts";

export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How far a camera may go. */
export interface Limits {
  readonly bounds: Bounds;
  readonly minScale: number;
  readonly maxScale: number;
}

/** Pixels between the edge of the screen and what is fitted into it. */
const MARGIN_PX = 12;
/** Two seats are at most this far apart on the screen. */
const CLOSEST_PITCH_PX = 64;
/** So much empty space may be pulled in at an edge of the plan. */
const SLACK_PX = 72;

/** The camera that shows the whole of a box. */
export function fit(box: Bounds, size: Size, margin: number = MARGIN_PX): Camera {
  const [x, y] = middleOf(box);
  const across = Math.max(size.width - 2 * margin, 1) / Math.max(box.right - box.left, 1);
  const down = Math.max(size.height - 2 * margin, 1) / Math.max(box.bottom - box.top, 1);
  return { x, y, scale: Math.min(across, down) };
}

/** Out to the whole plan, in to seats that are comfortable to read. */
export function limitsFor(bounds: Bounds, pitch: number, size: Size): Limits {
  const whole = fit(bounds, size).scale;
  const closest = CLOSEST_PITCH_PX / pitch;
  return { bounds, minScale: Math.min(whole, closest), maxScale: closest };
}

/** The camera within its limits: the plan cannot be lost off the screen. */
export function clamp(camera: Camera, size: Size, limits: Limits): Camera {
  const scale = Math.min(Math.max(camera.scale, limits.minScale), limits.maxScale);
  const { left, top, right, bottom } = limits.bounds;
  return {
    x: clampAlong(camera.x, left, right, size.width / scale, SLACK_PX / scale),
    y: clampAlong(camera.y, top, bottom, size.height / scale, SLACK_PX / scale),
    scale,
  };
}

function clampAlong(at: number, low: number, high: number, seen: number, slack: number): number {
  const hidden = high - low - seen;
  if (hidden <= 0) return (low + high) / 2;
  // Zooming out, the empty space at the edges goes before the plan jumps to the middle.
  const more = Math.min(slack, hidden);
  return Math.min(Math.max(at, low - more + seen / 2), high + more - seen / 2);
}

/** The camera after the plan was dragged by these pixels. */
export function panned(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale };
}

/** The camera after zooming, with what is at a point of the screen staying there. */
export function zoomed(camera: Camera, factor: number, at: Point, size: Size): Camera {
  const [x, y] = toPlan(camera, size, at);
  const scale = camera.scale * factor;
  return {
    x: x - (at[0] - size.width / 2) / scale,
    y: y - (at[1] - size.height / 2) / scale,
    scale,
  };
}

/** `zoomed`, but never beyond the limits: there the point must stay as well. */
export function zoomedWithin(
  camera: Camera,
  factor: number,
  at: Point,
  size: Size,
  limits: Limits,
): Camera {
  const scale = Math.min(Math.max(camera.scale * factor, limits.minScale), limits.maxScale);
  return clamp(zoomed(camera, scale / camera.scale, at, size), size, limits);
}

/** A point of the plan on the screen. */
export function toScreen(camera: Camera, size: Size, [x, y]: Point): Point {
  return [
    (x - camera.x) * camera.scale + size.width / 2,
    (y - camera.y) * camera.scale + size.height / 2,
  ];
}

/** A point of the screen on the plan. */
export function toPlan(camera: Camera, size: Size, [x, y]: Point): Point {
  return [
    (x - size.width / 2) / camera.scale + camera.x,
    (y - size.height / 2) / camera.scale + camera.y,
  ];
}

/** The part of the plan that is seen. */
export function seen(camera: Camera, size: Size): Bounds {
  const [left, top] = toPlan(camera, size, [0, 0]);
  const [right, bottom] = toPlan(camera, size, [size.width, size.height]);
  return { left, top, right, bottom };
}

/** The camera that brings a point into the middle part of the screen, moving no more than it must. */
export function revealing(camera: Camera, size: Size, [x, y]: Point, margin: number): Camera {
  const acrossHalf = Math.max(size.width / 2 - margin, 0) / camera.scale;
  const downHalf = Math.max(size.height / 2 - margin, 0) / camera.scale;
  return {
    ...camera,
    x: Math.min(Math.max(camera.x, x - acrossHalf), x + acrossHalf),
    y: Math.min(Math.max(camera.y, y - downHalf), y + downHalf),
  };
}

/**
 * A camera on the way between two, `part` from 0 to 1. The scale moves by factors and the place
 * keeps in step with it, so that the zoom looks even and nothing swings off the screen.
 */
export function between(from: Camera, to: Camera, part: number): Camera {
  const scale = from.scale * (to.scale / from.scale) ** part;
  const way =
    Math.abs(to.scale - from.scale) < 1e-9
      ? part
      : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale);
  return { x: from.x + (to.x - from.x) * way, y: from.y + (to.y - from.y) * way, scale };
}
