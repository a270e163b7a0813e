// Draws a dot on the free seats that have a mark, and a ring on wheelchair spaces; the tray and the list
// say what it is.
import { isFree } from "../availability.ts";
import { seen, toScreen } from "../viewport.ts";
import type { Scene } from "./scene.ts";

/** In parts of the distance of two seats: how far up and aside the dot is, and its radius. */
const ASIDE = 0.3;
const RADIUS = 0.15;

export function drawSpecial(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { plan, availability, camera, size, pitch, theme } = scene;
  const { left, top, right, bottom } = seen(camera, size);
  ctx.lineWidth = Math.max(pitch * 0.05, 1);
  for (const [seat, marks] of plan.marks) {
    const at = [plan.x[seat]!, plan.y[seat]!] as const;
    if (at[0] < left || at[0] > right || at[1] < top || at[1] > bottom) continue;
    if (!isFree(availability, seat)) continue;
    const [x, y] = toScreen(camera, size, at);
    const isPlace = marks.some(({ mark }) => mark === "wheelchair");
    ctx.beginPath();
    ctx.arc(x + pitch * ASIDE, y - pitch * ASIDE, pitch * RADIUS, 0, Math.PI * 2);
    ctx.fillStyle = isPlace ? theme.paper : theme.ink;
    ctx.fill();
    ctx.strokeStyle = isPlace ? theme.ink : theme.paper;
    ctx.stroke();
  }
}
