// Draws what stands out from the other seats: the fan's own, an offered one, the one that the
// keyboard is on, and those that have just changed hands.
import { isFree } from "../availability.ts";
import { toScreen } from "../viewport.ts";
import type { Scene } from "./scene.ts";
import { CHECK, HAVE } from "./symbols.ts";

/** Own seats are found again from afar too. */
const OWN_RADIUS_MIN = 8;

export function drawMarks(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { chosen, offered, focusedSeat, hoveredSeat, theme } = scene;
  for (const { seat, part } of scene.flashes) drawFlash(ctx, scene, seat, part);
  if (hoveredSeat >= 0) ring(ctx, scene, hoveredSeat, 2, theme.ink);
  for (const seat of scene.owned) if (!isFree(scene.availability, seat)) drawOwn(ctx, scene, seat);
  for (const seat of chosen) drawOwn(ctx, scene, seat, true);
  for (const seat of offered) drawOffer(ctx, scene, seat);
  if (focusedSeat >= 0) ring(ctx, scene, focusedSeat, 3, theme.focus);
}

function radiusOf({ pitch }: Scene): number {
  return Math.max(pitch * 0.42, OWN_RADIUS_MIN);
}

/** Chosen seats have a check mark, those that the fan has already a small ticket. */
function drawOwn(ctx: CanvasRenderingContext2D, scene: Scene, seat: number, chosen = false): void {
  const radius = radiusOf(scene);
  const { theme } = scene;
  disc(ctx, scene, seat, radius + 2, theme.paper);
  disc(ctx, scene, seat, radius, theme.own);
  const [x, y] = place(scene, seat);
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(radius, radius);
  ctx.lineWidth = 0.24;
  ctx.lineCap = ctx.lineJoin = "round";
  ctx.strokeStyle = ctx.fillStyle = theme.onOwn;
  if (chosen) ctx.stroke(new Path2D(CHECK));
  else ctx.fill(new Path2D(HAVE));
  ctx.restore();
}

/** Dashed and wide, so that it is not mistaken for the ring of the keyboard. */
function drawOffer(ctx: CanvasRenderingContext2D, scene: Scene, seat: number): void {
  ctx.save();
  ctx.setLineDash([5, 3]);
  ring(ctx, scene, seat, 3, scene.theme.own, 4);
  ctx.restore();
}

function drawFlash(ctx: CanvasRenderingContext2D, scene: Scene, seat: number, part: number): void {
  if (scene.detail.overview) return;
  const { theme, availability } = scene;
  ctx.globalAlpha = 1 - part;
  const color = isFree(availability, seat) ? theme.focus : theme.goneLine;
  ring(ctx, scene, seat, 2, color, scene.pitch * 0.7 * part);
  ctx.globalAlpha = 1;
}

function ring(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  seat: number,
  width: number,
  color: string,
  more = 2,
): void {
  const [x, y] = place(scene, seat);
  ctx.beginPath();
  ctx.arc(x, y, radiusOf(scene) + more, 0, Math.PI * 2);
  ctx.lineWidth = width;
  ctx.strokeStyle = color;
  ctx.stroke();
}

function disc(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  seat: number,
  radius: number,
  color: string,
): void {
  const [x, y] = place(scene, seat);
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, Math.PI * 2);
  ctx.fillStyle = color;
  ctx.fill();
}

function place({ plan, camera, size }: Scene, seat: number): readonly [number, number] {
  return toScreen(camera, size, [plan.x[seat]!, plan.y[seat]!]);
}
