// Pointers and the wheel on an element, as what the fan means by them.
//
// Always holds: a tap is one pointer that hardly moved; as soon as a second pointer comes it is a
// pinch, and no tap follows from it.
import type { Point } from "./shapes.ts";
import type { Swipe } from "./motion.ts";

export type Pointer = "coarse" | "fine";

export interface Meanings {
  /** Something has begun: whatever moves by itself stops. */
  onstart(): void;
  onpan(dx: number, dy: number): void;
  onzoom(factor: number, at: Point): void;
  ontap(at: Point, pointer: Pointer): void;
  /** Two taps at one place, after the two `ontap`. */
  ondoubletap(at: Point, pointer: Pointer): void;
  onswipe(swipe: Swipe): void;
  /** The mouse is here, or nowhere any more. */
  onhover(at: Point | null): void;
}

const TAP_MOVES_MAX_PX = 8;
const DOUBLE_TAP_MS = 320;
const DOUBLE_TAP_PX = 28;
/** A finger that rests before it is lifted means to stop. */
const SWIPE_REST_MS = 60;
const SWIPE_FROM = 0.15;

interface Down {
  at: Point;
  readonly from: Point;
  moved: boolean;
}

/** Listen on an element; gives back how to stop. */
export function listen(element: HTMLElement, meanings: Meanings): () => void {
  const down = new Map<number, Down>();
  let pinched = false;
  let speed: Swipe = { x: 0, y: 0 };
  let movedAt = 0;
  let tapped = { at: [0, 0] as Point, when: -Infinity };

  function pointOf(event: MouseEvent): Point {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  function onpointerdown(event: PointerEvent): void {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    const at = pointOf(event);
    down.set(event.pointerId, { at, from: at, moved: false });
    pinched = down.size > 1 || (pinched && down.size > 0);
    speed = { x: 0, y: 0 };
    meanings.onstart();
  }

  function onpointermove(event: PointerEvent): void {
    const at = pointOf(event);
    const moving = down.get(event.pointerId);
    if (!moving) {
      if (event.pointerType === "mouse") meanings.onhover(at);
      return;
    }
    if (down.size === 1) drag(moving, at, event.timeStamp);
    else if (down.size === 2) pinch(moving, at);
    moving.at = at;
  }

  function drag(moving: Down, at: Point, now: number): void {
    const far = Math.hypot(at[0] - moving.from[0], at[1] - moving.from[1]);
    if (!moving.moved && far < TAP_MOVES_MAX_PX) return;
    moving.moved = true;
    const [dx, dy] = [at[0] - moving.at[0], at[1] - moving.at[1]];
    const passed = Math.max(now - movedAt, 1);
    movedAt = now;
    if (passed < 100) {
      speed = { x: speed.x * 0.5 + (dx / passed) * 0.5, y: speed.y * 0.5 + (dy / passed) * 0.5 };
    }
    meanings.onhover(null);
    meanings.onpan(dx, dy);
  }

  function pinch(moving: Down, at: Point): void {
    const other = [...down.values()].find((each) => each !== moving)!;
    const before = Math.hypot(moving.at[0] - other.at[0], moving.at[1] - other.at[1]);
    const after = Math.hypot(at[0] - other.at[0], at[1] - other.at[1]);
    const middle: Point = [(at[0] + other.at[0]) / 2, (at[1] + other.at[1]) / 2];
    meanings.onpan((at[0] - moving.at[0]) / 2, (at[1] - moving.at[1]) / 2);
    if (before > 0 && after > 0) meanings.onzoom(after / before, middle);
  }

  function onpointerup(event: PointerEvent): void {
    const ended = down.get(event.pointerId);
    if (!ended) return;
    down.delete(event.pointerId);
    if (down.size > 0) return;
    if (ended.moved) {
      const fast = Math.hypot(speed.x, speed.y) > SWIPE_FROM;
      if (!pinched && fast && event.timeStamp - movedAt < SWIPE_REST_MS) meanings.onswipe(speed);
    } else if (!pinched) {
      tap(pointOf(event), event);
    }
    pinched = false;
  }

  function tap(at: Point, event: PointerEvent): void {
    const pointer = event.pointerType === "mouse" ? "fine" : "coarse";
    const near = Math.hypot(at[0] - tapped.at[0], at[1] - tapped.at[1]) < DOUBLE_TAP_PX;
    const twice = near && event.timeStamp - tapped.when < DOUBLE_TAP_MS;
    meanings.ontap(at, pointer);
    if (twice) meanings.ondoubletap(at, pointer);
    tapped = { at, when: twice ? -Infinity : event.timeStamp };
  }

  function onpointercancel(event: PointerEvent): void {
    down.delete(event.pointerId);
    if (down.size === 0) pinched = false;
  }

  function onwheel(event: WheelEvent): void {
    event.preventDefault();
    // Browsers send a pinch on a trackpad as a wheel with ctrl, in smaller steps.
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const step = event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002);
    meanings.onstart();
    meanings.onzoom(Math.exp(-Math.min(Math.max(step, -0.7), 0.7)), pointOf(event));
  }

  const life = new AbortController();
  const { signal } = life;
  element.addEventListener("pointerdown", onpointerdown, { signal });
  element.addEventListener("pointermove", onpointermove, { signal });
  element.addEventListener("pointerup", onpointerup, { signal });
  element.addEventListener("pointercancel", onpointercancel, { signal });
  element.addEventListener("pointerleave", () => meanings.onhover(null), { signal });
  element.addEventListener("wheel", onwheel, { signal, passive: false });
  return () => life.abort();
}
