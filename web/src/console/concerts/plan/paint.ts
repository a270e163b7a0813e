// Draws over the map what is being edited: the outline of a part and its handles, where their values
// say they are, also before the server has drawn them.
import type { Point } from "../../../hall/shapes.ts";
import type { Handle } from "./parts.ts";

export interface Marked {
  /** In pixels of the screen. */
  readonly outlines: readonly (readonly Point[])[];
  readonly handles: readonly Handle[];
  readonly middle: Point;
}

const HANDLE_PX = 9;

/** Draw a part that is being edited. */
export function drawPart(
  ctx: CanvasRenderingContext2D,
  { outlines, handles, middle }: Marked,
  color: string,
  paper: string,
): void {
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineJoin = "round";
  ctx.lineWidth = 2.5;
  for (const outline of outlines) {
    ctx.beginPath();
    for (const point of outline) ctx.lineTo(...point);
    ctx.closePath();
    ctx.stroke();
    ctx.globalAlpha = 0.08;
    ctx.fillStyle = color;
    ctx.fill();
    ctx.globalAlpha = 1;
  }
  for (const { kind, at } of handles) {
    if (kind === "turn") drawStem(ctx, middle, at);
    drawHandle(ctx, kind, at, color, paper);
  }
  ctx.restore();
}

function drawStem(ctx: CanvasRenderingContext2D, from: Point, to: Point): void {
  ctx.lineWidth = 1.5;
  ctx.setLineDash([3, 4]);
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** A disc turns, a diamond bends. */
function drawHandle(
  ctx: CanvasRenderingContext2D,
  kind: Handle["kind"],
  [x, y]: Point,
  color: string,
  paper: string,
): void {
  ctx.beginPath();
  if (kind === "turn") ctx.arc(x, y, HANDLE_PX, 0, Math.PI * 2);
  else {
    ctx.moveTo(x, y - HANDLE_PX * 1.25);
    ctx.lineTo(x + HANDLE_PX * 1.25, y);
    ctx.lineTo(x, y + HANDLE_PX * 1.25);
    ctx.lineTo(x - HANDLE_PX * 1.25, y);
    ctx.closePath();
  }
  ctx.fillStyle = paper;
  ctx.fill();
  ctx.lineWidth = 3;
  ctx.strokeStyle = color;
  ctx.stroke();
}
