// Where the map lies on the screen, so that its seats can keep their places when only the page round
// it has changed.
import type { Point } from "./shapes.ts";

export interface Placement {
  /** Whether the element lies elsewhere than when it was last noted. */
  hasMoved(): boolean;
  /** Note where it lies now; gives back its box, and how far its middle has come. Null: it was not
   * there before, or the window is another one, so that all of it is shown. */
  note(): { box: DOMRect; shift: Point | null };
}

interface Placed {
  readonly box: DOMRect;
  readonly width: number;
  readonly height: number;
}

/** A bar of the browser that comes or goes makes no other window; turning a phone does. */
const BROWSER_BAR_PX = 120;

/** Follow an element of this window. */
export function placementOf(element: HTMLElement): Placement {
  let placed: Placed | null = null;
  return {
    hasMoved() {
      const { left, top, width, height } = element.getBoundingClientRect();
      const box = placed?.box;
      const same = box?.left === left && box.top === top;
      return !same || box.width !== width || box.height !== height;
    },
    note() {
      const before = placed;
      placed = { box: element.getBoundingClientRect(), width: innerWidth, height: innerHeight };
      const same = before !== null && isSameWindow(before, placed);
      return { box: placed.box, shift: same ? shiftOf(before.box, placed.box) : null };
    },
  };
}

function isSameWindow(before: Placed, now: Placed): boolean {
  return before.width === now.width && Math.abs(before.height - now.height) <= BROWSER_BAR_PX;
}

function shiftOf(before: DOMRect, now: DOMRect): Point {
  return [
    now.left + now.width / 2 - before.left - before.width / 2,
    now.top + now.height / 2 - before.top - before.height / 2,
  ];
}
