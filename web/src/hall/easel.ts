// The canvas in the page: its size in device pixels, and the next picture on it.
//
// Always holds: at most one picture for each frame of the browser, and none when nothing changed.
import { paint } from "./painting/paint.ts";
import type { Scene } from "./painting/scene.ts";
import { makeSeatDesk } from "./painting/seats.ts";
import type { Plan } from "./plan.ts";
import type { Size } from "./viewport.ts";

/** A scene without what the canvas knows best. */
export type Sketch = Omit<Scene, "ratio" | "font">;

export interface Easel {
  /** Ask for a picture in the next frame. */
  invalidate(): void;
  /** Take another size, and draw before the browser shows the emptied canvas. */
  resize(size: Size): void;
  stop(): void;
}

/** More device pixels than this are not drawn, so that a very large screen stays smooth. */
const PIXELS_MAX = 8_000_000;

/** An easel that asks `sketch` what to draw at a time, and whether more is to come; `over` draws
 * more on top of it. */
export function makeEasel(
  canvas: HTMLCanvasElement,
  plan: Plan,
  sketch: (now: number) => { sketch: Sketch; moving: boolean },
  over?: (ctx: CanvasRenderingContext2D, scene: Scene) => void,
): Easel {
  const desk = makeSeatDesk(plan);
  const ctx = canvas.getContext("2d", { alpha: false })!;
  let ratio = 0;
  let font = "sans-serif";
  let requested = 0;

  function invalidate(): void {
    requested ||= requestAnimationFrame(draw);
  }

  function draw(now: number): void {
    requested = 0;
    if (ratio === 0) return;
    const next = sketch(now);
    const scene = { ...next.sketch, ratio, font };
    paint(ctx, scene, desk);
    over?.(ctx, scene);
    if (next.moving) invalidate();
    // The first frame is marked, so that the wait for it can be measured.
    if (performance.getEntriesByName("seat-map:painted").length === 0) {
      performance.mark("seat-map:painted");
    }
  }

  return {
    invalidate,
    resize({ width, height }) {
      ratio = Math.min(devicePixelRatio, Math.sqrt(PIXELS_MAX / (width * height)));
      font = getComputedStyle(canvas).fontFamily;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      draw(performance.now());
    },
    stop() {
      cancelAnimationFrame(requested);
    },
  };
}
