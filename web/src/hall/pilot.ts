// Steers the camera: what the fan does, and what goes on by itself until it has come to rest.
//
// Always holds: the camera is within its limits; whatever the fan does ends a flight or a swipe.
import { canChoose, COMFORTABLE_PITCH_PX } from "./detail.ts";
import type { Pointer } from "./gestures.ts";
import { along, flight, gliding, type Flight, type Swipe } from "./motion.ts";
import type { Plan } from "./plan.ts";
import { grown, type Bounds, type Point } from "./shapes.ts";
import {
  clamp,
  fit,
  limitsFor,
  panned,
  revealing,
  zoomedWithin,
  type Camera,
  type Limits,
  type Size,
} from "./viewport.ts";

export interface Pilot {
  readonly camera: Camera;
  readonly size: Size;
  /** Pixels between two neighbours. */
  readonly pitch: number;
  /** Whether the whole plan is seen. */
  readonly isWhole: boolean;
  /** Take another size. What is seen keeps its place on the screen when only the surroundings of the
   * map have changed: `shift` says how far its middle is from where it was. Null: show all of it. */
  resize(size: Size, shift: Point | null): void;
  pan(dx: number, dy: number): void;
  zoom(factor: number, at: Point): void;
  /** The same, softly, round the middle or a point: for buttons, keys and double taps. */
  zoomSoftly(factor: number, at?: Point): void;
  showAll(): void;
  /** Go to a box, near enough for this pointer to choose in it; if need be, near a point of it. */
  goTo(box: Bounds, around: Point, pointer: Pointer): void;
  /** Bring a point into sight without going farther than needed. */
  reveal(point: Point): void;
  glide(swipe: Swipe): void;
  stop(): void;
  /** Move to where we are at this time; gives back whether there is more to come. */
  step(now: number): boolean;
}

/** A box that one goes to shows so much of its surroundings, in seats. */
const SURROUNDINGS_SEATS = 1.5;
/** The keyboard's seat stays this far from the edges. */
const REVEAL_MARGIN_PX = 72;
/** The buttons stand in the lowest part of the map. */
const TOOLS_PX = 56;

/** A box with so much more below it that the buttons cover nothing when all of it is shown. */
function withRoomForTools(box: Bounds, { width, height }: Size): Bounds {
  const { scale } = fit(box, { width, height: height - TOOLS_PX });
  return { ...box, bottom: box.bottom + TOOLS_PX / scale };
}

/** A pilot over a plan; `isStill` says whether the fan wants no motion. */
export function makePilot(plan: Plan, isStill: () => boolean): Pilot {
  let size: Size = { width: 0, height: 0 };
  let whole = plan.bounds;
  let limits: Limits = limitsFor(plan.bounds, plan.pitch, { width: 1, height: 1 });
  let camera: Camera = fit(plan.bounds, { width: 1, height: 1 });
  let flying: Flight | null = null;
  let swiping: Swipe | null = null;
  let steppedAt = 0;

  const isWhole = () => camera.scale <= limits.minScale * 1.001;

  function stop(): void {
    flying = null;
    swiping = null;
  }

  function put(next: Camera): void {
    camera = clamp(next, size, limits);
  }

  function fly(to: Camera): void {
    stop();
    flying = flight(camera, clamp(to, size, limits), performance.now(), isStill());
  }

  return {
    get camera() {
      return camera;
    },
    get size() {
      return size;
    },
    get pitch() {
      return plan.pitch * camera.scale;
    },
    get isWhole() {
      return isWhole();
    },
    resize(next, shift) {
      const first = size.width === 0;
      const wasWhole = first || isWhole();
      size = next;
      whole = withRoomForTools(plan.bounds, size);
      limits = limitsFor(whole, plan.pitch, size);
      if (first || shift === null) {
        put(wasWhole ? fit(whole, size) : camera);
        return;
      }
      // A fan may be about to tap: a strip that comes or goes must not exchange the seat below.
      if (flying) flying = { ...flying, to: panned(flying.to, -shift[0], -shift[1]) };
      camera = panned(camera, -shift[0], -shift[1]);
      limits = { ...limits, minScale: Math.min(limits.minScale, camera.scale) };
    },
    pan(dx, dy) {
      stop();
      put(panned(camera, dx, dy));
    },
    zoom(factor, at) {
      stop();
      camera = zoomedWithin(camera, factor, at, size, limits);
    },
    zoomSoftly(factor, at = [size.width / 2, size.height / 2]) {
      fly(zoomedWithin(flying?.to ?? camera, factor, at, size, limits));
    },
    showAll() {
      fly(fit(whole, size));
    },
    goTo(box, [x, y], pointer) {
      const near = fit(grown(box, plan.pitch * SURROUNDINGS_SEATS), size);
      const enough = canChoose(near.scale * plan.pitch, pointer);
      const scale = COMFORTABLE_PITCH_PX / plan.pitch;
      fly(enough ? { ...near, scale: Math.min(near.scale, scale * 1.6) } : { x, y, scale });
    },
    reveal(point) {
      const near = canChoose(camera.scale * plan.pitch, "fine");
      const from = near
        ? camera
        : { x: point[0], y: point[1], scale: COMFORTABLE_PITCH_PX / plan.pitch };
      fly(revealing(from, size, point, REVEAL_MARGIN_PX));
    },
    glide(swipe) {
      stop();
      if (!isStill()) swiping = swipe;
      steppedAt = performance.now();
    },
    stop,
    step(now) {
      if (flying) {
        const at = along(flying, now);
        camera = at.camera;
        if (at.arrived) flying = null;
      } else if (swiping) {
        const glided = gliding(camera, swiping, Math.max(now - steppedAt, 0));
        put(glided.camera);
        swiping = glided.swipe;
      }
      steppedAt = now;
      return flying !== null || swiping !== null;
    },
  };
}
