// A pointer that takes hold of something on the map and pulls it; what it does not take hold of is the
// map's own.
//
// Always holds: one pointer pulls; a second one breaks it off. A finger that pulls scrolls nothing.
import type { Pointer } from "../../../hall/gestures.ts";
import type { Point } from "../../../hall/shapes.ts";

export interface Hold {
  /** The pointer is elsewhere now, as a point of the element. */
  move(at: Point): void;
  /** It was lifted; false: it was broken off. */
  end(whole: boolean): void;
}

/** Let pointers on an element pull; gives back how to stop. It has to come before other listeners. */
export function pulls(
  element: HTMLElement,
  take: (at: Point, pointer: Pointer) => Hold | null,
): () => void {
  let held: { readonly pointer: number; readonly hold: Hold } | null = null;
  const life = new AbortController();
  const options = { signal: life.signal, capture: true };

  function pointOf(event: PointerEvent): Point {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  function end(whole: boolean): void {
    const ended = held;
    held = null;
    ended?.hold.end(whole);
  }

  function onpointerdown(event: PointerEvent): void {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    if (held !== null) {
      event.stopImmediatePropagation();
      end(false);
      return;
    }
    const hold = take(pointOf(event), event.pointerType === "mouse" ? "fine" : "coarse");
    if (hold === null) return;
    event.stopImmediatePropagation();
    element.setPointerCapture(event.pointerId);
    held = { pointer: event.pointerId, hold };
  }

  function onpointermove(event: PointerEvent): void {
    if (held?.pointer !== event.pointerId) return;
    event.stopImmediatePropagation();
    held.hold.move(pointOf(event));
  }

  /** Comes after the pointer of the same finger. */
  function ontouchstart(event: TouchEvent): void {
    if (held !== null || event.touches.length > 1) event.preventDefault();
  }

  element.addEventListener("touchstart", ontouchstart, { ...options, passive: false });
  element.addEventListener("pointerdown", onpointerdown, options);
  element.addEventListener("pointermove", onpointermove, options);
  for (const name of ["pointerup", "pointercancel"] as const) {
    const onend = (event: PointerEvent): void => {
      if (held?.pointer === event.pointerId) end(name === "pointerup");
    };
    element.addEventListener(name, onend, options);
  }
  return () => {
    life.abort();
    end(false);
  };
}
