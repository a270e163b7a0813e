// A rectangle with round corners, also where the canvas has no `roundRect`.

/** Add it to the current path. */
export function roundRect(
  ctx: CanvasRenderingContext2D,
  left: number,
  top: number,
  width: number,
  height: number,
  radius: number,
): void {
  if ("roundRect" in ctx) {
    ctx.roundRect(left, top, width, height, radius);
    return;
  }
  const path = ctx as CanvasRenderingContext2D;
  const [right, bottom] = [left + width, top + height];
  path.moveTo(left + radius, top);
  path.arcTo(right, top, right, bottom, radius);
  path.arcTo(right, bottom, left, bottom, radius);
  path.arcTo(left, bottom, left, top, radius);
  path.arcTo(left, top, right, top, radius);
  path.closePath();
}
