// How the camera moves by itself: a flight to a place, and the last of a swipe. Pure.
import { between, panned, type Camera } from "./viewport.ts";

export interface Flight {
  readonly from: Camera;
  readonly to: Camera;
  readonly startedAt: number;
  readonly duration: number;
}

/** Pixels a millisecond. */
export interface Swipe {
  readonly x: number;
  readonly y: number;
}

const FLIGHT_MS = 320;
/** Milliseconds after which a swipe has a third of its speed. */
const SWIPE_FADES_MS = 180;
const SWIPE_ENDS_AT = 0.02;

/** A flight from here to there; without motion it has arrived when it starts. */
export function flight(from: Camera, to: Camera, now: number, still: boolean): Flight {
  return { from, to, startedAt: now, duration: still ? 0 : FLIGHT_MS };
}

/** Where a flight is, and whether it has arrived. Starts fast and arrives softly. */
export function along(flown: Flight, now: number): { camera: Camera; arrived: boolean } {
  const part = flown.duration === 0 ? 1 : (now - flown.startedAt) / flown.duration;
  if (part >= 1) return { camera: flown.to, arrived: true };
  return {
    camera: between(flown.from, flown.to, 1 - (1 - Math.max(part, 0)) ** 3),
    arrived: false,
  };
}

/** The camera and what is left of a swipe after some milliseconds; null when it has ended. */
export function gliding(
  camera: Camera,
  swipe: Swipe,
  passed: number,
): { camera: Camera; swipe: Swipe | null } {
  const left = Math.exp(-passed / SWIPE_FADES_MS);
  const next = { x: swipe.x * left, y: swipe.y * left };
  const moved = panned(camera, swipe.x * passed, swipe.y * passed);
  return { camera: moved, swipe: Math.hypot(next.x, next.y) < SWIPE_ENDS_AT ? null : next };
}
