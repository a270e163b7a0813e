// Draws what has the seats that are not free over the fans' map, and what is chosen.
//
// States differ in colour and in shape: sold is a full square, held a triangle, blocked a square with
// a line through it, closed a line. Far away, sold seats are small squares, and one triangle or crossed
// square stands for the held or blocked seats of a place.
import type { Scene } from "../../hall/painting/scene.ts";
import { grown, meet } from "../../hall/shapes.ts";
import { seen, toScreen } from "../../hall/viewport.ts";
import { marksOf } from "./far.ts";
import { BLOCKED, CLOSED, FREE, HELD, PAID, type States } from "./states.ts";

export interface Palette {
  readonly held: string;
  readonly paid: string;
  readonly blocked: string;
  readonly closed: string;
  readonly chosen: string;
}

/** Each has a contrast of 3 on the paper of the map. */
export const PALETTES: Readonly<Record<"light" | "dark", Palette>> = {
  light: {
    held: "#b45309",
    paid: "#1c1a22",
    blocked: "#64748b",
    closed: "#8b8794",
    chosen: "#1d4ed8",
  },
  dark: {
    held: "#f6b24d",
    paid: "#f3f1f7",
    blocked: "#94a3b8",
    closed: "#8a8695",
    chosen: "#8ab4ff",
  },
};

/** From here on a seat has a shape of its own. */
const SHAPES_FROM_PX = 7;
/** A mark of several seats is this large. */
const MARK_PX = 7;
const SHARE = 0.7;
const MIN_PX = 1.5;

/** Draw the states of the seats on the screen, and rings round the chosen ones. */
export function drawStates(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  states: States,
  chosen: ReadonlySet<number>,
  palette: Palette,
): void {
  const { plan, camera, size, pitch } = scene;
  const screen = grown(seen(camera, size), plan.pitch);
  const side = Math.max(pitch * SHARE, MIN_PX);
  const isFar = pitch < SHAPES_FROM_PX;
  let before = "";
  for (const section of plan.sections) {
    if (section.isArea || !meet(section.bounds, screen)) continue;
    for (let seat = section.firstSeat; seat < section.firstSeat + section.seats; seat++) {
      const state = states.of[seat]!;
      if (state === FREE || (isFar && (state === HELD || state === BLOCKED))) continue;
      const at = [plan.x[seat]!, plan.y[seat]!] as const;
      if (at[0] < screen.left || at[0] > screen.right) continue;
      if (at[1] < screen.top || at[1] > screen.bottom) continue;
      const [x, y] = toScreen(camera, size, at);
      const color = colorOf(states, seat, palette);
      if (!isFar) {
        drawFloor(ctx, scene, x, y, side);
        drawShape(ctx, color, state, x, y, side);
        continue;
      }
      // Reading a colour takes the canvas longer than a square does.
      if (color !== before) ctx.fillStyle = color;
      before = color;
      ctx.fillRect(x - side / 2, y - side / 2, side, side);
    }
  }
  if (isFar) drawMarks(ctx, scene, states, palette);
  drawChosen(ctx, scene, chosen, palette);
}

function colorOf(states: States, seat: number, palette: Palette): string {
  const state = states.of[seat];
  if (state === HELD) return palette.held;
  if (state === PAID) return palette.paid;
  if (state === CLOSED) return palette.closed;
  return states.blocked[states.holder[seat]!]?.color ?? palette.blocked;
}

function drawMarks(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  states: States,
  palette: Palette,
): void {
  const { plan, camera, size, pitch } = scene;
  const screen = grown(seen(camera, size), plan.pitch);
  for (const { state, x, y, seat } of marksOf(plan, states, pitch)) {
    if (x < screen.left || x > screen.right || y < screen.top || y > screen.bottom) continue;
    const at = toScreen(camera, size, [x, y]);
    // A rim sets it off from sold seats below; what is around it stays to be seen.
    if (state === BLOCKED) drawFloor(ctx, scene, ...at, MARK_PX);
    else drawShape(ctx, scene.theme.floor, state, ...at, MARK_PX + 3);
    drawShape(ctx, colorOf(states, seat, palette), state, ...at, MARK_PX);
  }
}

/** Cover what the fans' map has there. */
function drawFloor(
  ctx: CanvasRenderingContext2D,
  { theme }: Scene,
  x: number,
  y: number,
  side: number,
): void {
  ctx.fillStyle = theme.floor;
  ctx.fillRect(x - side / 2, y - side / 2, side, side);
}

function drawShape(
  ctx: CanvasRenderingContext2D,
  color: string,
  state: number,
  x: number,
  y: number,
  side: number,
): void {
  const half = side / 2;
  ctx.fillStyle = ctx.strokeStyle = color;
  ctx.lineWidth = Math.max(1.2, side * 0.12);
  if (state === PAID) ctx.fillRect(x - half, y - half, side, side);
  else if (state === HELD) {
    ctx.beginPath();
    ctx.moveTo(x - half, y + half);
    ctx.lineTo(x, y - half);
    ctx.lineTo(x + half, y + half);
    ctx.fill();
  } else {
    if (state === BLOCKED) ctx.strokeRect(x - half, y - half, side, side);
    ctx.beginPath();
    ctx.moveTo(x - half, y + half);
    ctx.lineTo(x + half, y - half);
    ctx.stroke();
  }
}

function drawChosen(
  ctx: CanvasRenderingContext2D,
  { plan, camera, size, pitch }: Scene,
  chosen: ReadonlySet<number>,
  palette: Palette,
): void {
  const side = Math.max(pitch * 0.92, 4);
  ctx.strokeStyle = palette.chosen;
  ctx.lineWidth = Math.max(2, pitch * 0.1);
  for (const seat of chosen) {
    const [x, y] = toScreen(camera, size, [plan.x[seat]!, plan.y[seat]!]);
    if (x < -side || y < -side || x > size.width + side || y > size.height + side) continue;
    ctx.strokeRect(x - side / 2, y - side / 2, side, side);
  }
}

/** Draw the line round seats while the pointer goes on. */
export function drawLasso(
  ctx: CanvasRenderingContext2D,
  { camera, size }: Scene,
  line: readonly (readonly [number, number])[],
  palette: Palette,
): void {
  if (line.length < 2) return;
  ctx.beginPath();
  for (const point of line) ctx.lineTo(...toScreen(camera, size, point));
  ctx.closePath();
  ctx.setLineDash([6, 4]);
  ctx.lineWidth = 2;
  ctx.strokeStyle = palette.chosen;
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.globalAlpha = 0.12;
  ctx.fillStyle = palette.chosen;
  ctx.fill();
  ctx.globalAlpha = 1;
}
