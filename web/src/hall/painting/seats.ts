// Draws the seats that are seen, thousands in a few milliseconds.
//
// Works in device pixels, so that small seats have sharp edges. Seats are sorted by how they look
// first, so that each look is set up once; a look is a picture that is made once and copied.
import { isFree } from "../availability.ts";
import { distance, type Plan } from "../plan.ts";
import { grown, meet } from "../shapes.ts";
import { seen, toScreen } from "../viewport.ts";
import type { Scene } from "./scene.ts";
import { CROSS } from "./symbols.ts";
import { gradeColors } from "./theme.ts";

/** So much of the distance to the neighbour is seat, the rest is space between. */
const SEAT_SHARE = 0.76;
const DIMMED = 0.16;
/** A gap of at least this many seats has room for the row's name. */
const AISLE_SEATS = 1.8;
const WIDE_AISLE_SEATS = 3.2;

/** Seats that are seen, in the order of their looks: `seats[starts[look]]` to `starts[look + 1]`. */
interface Sorted {
  readonly seats: Uint32Array;
  readonly starts: Uint32Array;
}

/** Room for the seats of a plan, so that drawing makes no garbage. */
export interface SeatDesk {
  readonly found: Uint32Array;
  readonly looks: Uint32Array;
  readonly seats: Uint32Array;
  readonly pictures: Map<string, HTMLCanvasElement>;
}

export function makeSeatDesk(plan: Plan): SeatDesk {
  return {
    found: new Uint32Array(plan.x.length),
    looks: new Uint32Array(plan.x.length),
    seats: new Uint32Array(plan.x.length),
    pictures: new Map(),
  };
}

/** A look is twice the grade, and one more when the seat is taken. */
const FREE = 0;
const TAKEN = 1;

export function drawSeats(ctx: CanvasRenderingContext2D, scene: Scene, desk: SeatDesk): void {
  const sorted = sortSeen(scene, desk);
  ctx.save();
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  // Free seats come last: theirs is the upper hand where seats are drawn larger than their place.
  for (const state of [TAKEN, FREE]) {
    for (let grade = 0; grade < scene.plan.grades.length; grade++) {
      drawLook(ctx, scene, desk, sorted, grade, state);
    }
  }
  ctx.restore();
}

function drawLook(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  desk: SeatDesk,
  { seats, starts }: Sorted,
  grade: number,
  state: number,
): void {
  const look = grade * 2 + state;
  const from = starts[look]!;
  const to = starts[look + 1]!;
  if (from === to) return;
  const dimmed = scene.grade !== null && scene.grade !== grade;
  ctx.globalAlpha = scene.detail.seats * (dimmed ? DIMMED : 1);
  const these = seats.subarray(from, to);
  if (scene.detail.shapes) drawPictures(ctx, scene, desk, these, grade, state);
  else drawSquares(ctx, scene, these, grade, state);
  if (scene.detail.numbers && state === FREE) drawNumbers(ctx, scene, these, grade);
}

/** Very small seats: squares, and dots where they are taken. */
function drawSquares(
  ctx: CanvasRenderingContext2D,
  { plan, camera, size, ratio, theme, pitch }: Scene,
  seats: Uint32Array,
  grade: number,
  state: number,
): void {
  const free = state === FREE;
  const side = Math.max(Math.round(pitch * ratio * (free ? SEAT_SHARE : 0.32)), free ? 2 : 1);
  const scale = camera.scale * ratio;
  const left = (size.width * ratio - side) / 2 - camera.x * scale;
  const top = (size.height * ratio - side) / 2 - camera.y * scale;
  ctx.fillStyle = free ? gradeColors(theme, plan.grades[grade]!.color).fill : theme.goneLine;
  for (const seat of seats) {
    const x = (plan.x[seat]! * scale + left + 0.5) | 0;
    const y = (plan.y[seat]! * scale + top + 0.5) | 0;
    ctx.fillRect(x, y, side, side);
  }
}

/** Larger seats: copies of one picture with the shape of the grade. */
function drawPictures(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  desk: SeatDesk,
  seats: Uint32Array,
  grade: number,
  state: number,
): void {
  const { plan, camera, size, ratio } = scene;
  const picture = pictureOf(scene, desk, grade, state);
  const scale = camera.scale * ratio;
  const left = (size.width * ratio - picture.width) / 2 - camera.x * scale;
  const top = (size.height * ratio - picture.height) / 2 - camera.y * scale;
  for (const seat of seats) {
    const x = (plan.x[seat]! * scale + left + 0.5) | 0;
    const y = (plan.y[seat]! * scale + top + 0.5) | 0;
    ctx.drawImage(picture, x, y);
  }
}

function pictureOf(
  scene: Scene,
  { pictures }: SeatDesk,
  grade: number,
  state: number,
): HTMLCanvasElement {
  const { detail, theme, ratio } = scene;
  const radius = Math.round(scene.pitch * ratio * SEAT_SHARE) / 2;
  const { letter } = scene.symbols[grade]!;
  const key = [grade, letter, state, radius, detail.letters, theme.paper, scene.font].join();
  const known = pictures.get(key);
  if (known) return known;
  // Each step of a zoom has pictures of its own size; those of the steps before are not needed.
  if (pictures.size > 64) pictures.clear();
  const picture = document.createElement("canvas");
  picture.width = picture.height = Math.ceil(radius * 2.6);
  const ctx = picture.getContext("2d")!;
  ctx.translate(picture.width / 2, picture.height / 2);
  if (state === FREE) paintFree(ctx, scene, grade, radius);
  else paintTaken(ctx, scene, radius);
  pictures.set(key, picture);
  return picture;
}

function paintFree(
  ctx: CanvasRenderingContext2D,
  { plan, theme, symbols, detail, font }: Scene,
  grade: number,
  radius: number,
): void {
  const colors = gradeColors(theme, plan.grades[grade]!.color);
  const { path, letter } = symbols[grade]!;
  ctx.fillStyle = colors.fill;
  ctx.save();
  ctx.scale(radius, radius);
  ctx.fill(new Path2D(path));
  ctx.restore();
  if (!detail.letters) return;
  ctx.fillStyle = colors.on;
  ctx.font = `700 ${radius * (letter.length > 1 ? 0.85 : 1.15)}px ${font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(letter, 0, radius * 0.08);
}

function paintTaken(ctx: CanvasRenderingContext2D, { theme }: Scene, radius: number): void {
  ctx.strokeStyle = theme.goneLine;
  ctx.scale(radius, radius);
  ctx.lineWidth = Math.max(0.14, 1 / radius);
  ctx.lineCap = "round";
  ctx.globalAlpha = 0.75;
  ctx.stroke(new Path2D(CROSS));
}

function drawNumbers(
  ctx: CanvasRenderingContext2D,
  { plan, camera, size, ratio, theme, pitch, font }: Scene,
  seats: Uint32Array,
  grade: number,
): void {
  const scale = camera.scale * ratio;
  const left = (size.width * ratio) / 2 - camera.x * scale;
  const top = (size.height * ratio) / 2 - camera.y * scale;
  const height = pitch * ratio * 0.36;
  ctx.fillStyle = gradeColors(theme, plan.grades[grade]!.color).on;
  ctx.font = `650 ${height}px ${font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const seat of seats) {
    const x = plan.x[seat]! * scale + left;
    const y = plan.y[seat]! * scale + top + height * 0.06;
    ctx.fillText(plan.labels[seat]!, x, y, pitch * ratio * 0.66);
  }
}

/** Find the seats on the screen, section by section and row by row, and sort them by their looks. */
function sortSeen(scene: Scene, desk: SeatDesk): Sorted {
  const { plan, availability } = scene;
  const count = findSeen(scene, desk.found);
  const starts = new Uint32Array(plan.grades.length * 2 + 1);
  const unknown = availability.version === null;
  for (let at = 0; at < count; at++) {
    const seat = desk.found[at]!;
    const state = unknown || isFree(availability, seat) ? FREE : TAKEN;
    const look = plan.grade[seat]! * 2 + state;
    desk.looks[at] = look;
    starts[look + 1]!++;
  }
  for (let look = 1; look < starts.length; look++) starts[look]! += starts[look - 1]!;
  const next = starts.slice();
  for (let at = 0; at < count; at++) desk.seats[next[desk.looks[at]!]!++] = desk.found[at]!;
  return { seats: desk.seats, starts };
}

function findSeen({ plan, camera, size }: Scene, found: Uint32Array): number {
  const screen = grown(seen(camera, size), plan.pitch);
  let count = 0;
  for (const section of plan.sections) {
    if (!meet(section.bounds, screen)) continue;
    for (let at = section.firstRow; at < section.firstRow + section.rows; at++) {
      const row = plan.rows[at]!;
      if (!meet(row.bounds, screen)) continue;
      for (let seat = row.firstSeat; seat < row.firstSeat + row.seats; seat++) {
        const x = plan.x[seat]!;
        const y = plan.y[seat]!;
        if (x < screen.left || x > screen.right || y < screen.top || y > screen.bottom) continue;
        found[count++] = seat;
      }
    }
  }
  return count;
}

/** The names of rows, at both of their ends and in their aisles. */
export function drawRowNames(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { plan, camera, size, pitch, theme, font } = scene;
  const screen = grown(seen(camera, size), plan.pitch * 2);
  ctx.fillStyle = theme.quiet;
  ctx.font = `600 ${Math.min(Math.max(pitch * 0.52, 9), 14)}px ${font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const { bounds, firstSeat, seats, name } of plan.rows) {
    if (!meet(bounds, screen)) continue;
    const last = firstSeat + seats - 1;
    drawRowName(ctx, scene, name, firstSeat, Math.min(firstSeat + 1, last));
    if (seats > 1) drawRowName(ctx, scene, name, last, last - 1);
    for (let seat = firstSeat + 1; seat < last - 1; seat++) drawInAisle(ctx, scene, name, seat);
  }
}

/** In the middle of a narrow aisle, and at both edges of a wide one. */
function drawInAisle(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  name: string,
  seat: number,
): void {
  const { plan } = scene;
  const gap = distance(plan, seat, seat + 1) / plan.pitch;
  if (gap < AISLE_SEATS) return;
  if (gap < WIDE_AISLE_SEATS) {
    const x = (plan.x[seat]! + plan.x[seat + 1]!) / 2;
    const y = (plan.y[seat]! + plan.y[seat + 1]!) / 2;
    writeAt(ctx, scene, name, x, y);
  } else {
    drawRowName(ctx, scene, name, seat, seat - 1);
    drawRowName(ctx, scene, name, seat + 1, seat + 2);
  }
}

/** Beyond an end of the row, going on in the direction of its last two seats. */
function drawRowName(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  name: string,
  end: number,
  before: number,
): void {
  const { plan } = scene;
  const dx = plan.x[end]! - plan.x[before]!;
  const dy = plan.y[end]! - plan.y[before]!;
  const length = Math.hypot(dx, dy);
  const [stepX, stepY] = length > 0 ? [dx / length, dy / length] : [-1, 0];
  const x = plan.x[end]! + stepX * plan.pitch;
  const y = plan.y[end]! + stepY * plan.pitch;
  writeAt(ctx, scene, name, x, y);
}

function writeAt(
  ctx: CanvasRenderingContext2D,
  { camera, size }: Scene,
  name: string,
  x: number,
  y: number,
): void {
  ctx.fillText(name, ...toScreen(camera, size, [x, y]));
}
