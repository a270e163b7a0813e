// A pointer that draws a line round seats, as points on the screen.
//
// Always holds: one pointer draws; a second one ends it, so that two fingers still zoom elsewhere.
import type { Point } from "../../hall/shapes.ts";

export interface Line {
  /** The line has grown. */
  ongrow(at: Point): void;
  /** The pointer was lifted; false: it was broken off. */
  onend(whole: boolean): void;
}

/** Nearer points say nothing new. */
const STEP_PX = 3;

/** Draw on an element; gives back how to stop. */
export function draws(element: HTMLElement, line: Line): () => void {
  let pointer: number | null = null;
  let last: Point = [0, 0];
  const life = new AbortController();
  const { signal } = life;

  function pointOf(event: PointerEvent): Point {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  element.addEventListener(
    "pointerdown",
    (event) => {
      if (event.pointerType === "mouse" && event.button !== 0) return;
      if (pointer !== null) return end(false);
      pointer = event.pointerId;
      element.setPointerCapture(pointer);
      last = pointOf(event);
      line.ongrow(last);
    },
    { signal },
  );
  element.addEventListener(
    "pointermove",
    (event) => {
      if (event.pointerId !== pointer) return;
      const at = pointOf(event);
      if (Math.hypot(at[0] - last[0], at[1] - last[1]) < STEP_PX) return;
      last = at;
      line.ongrow(at);
    },
    { signal },
  );
  element.addEventListener("pointerup", (event) => event.pointerId === pointer && end(true), {
    signal,
  });
  element.addEventListener("pointercancel", (event) => event.pointerId === pointer && end(false), {
    signal,
  });

  function end(whole: boolean): void {
    pointer = null;
    line.onend(whole);
  }

  return () => life.abort();
}
