// Where a section of a concert file is put, as its `layout` says it: between points of the file and
// places in the section, and what moving, turning and bending it makes of its layout. Pure.
//
// Rows and seats are laid out by the server alone; here are only the handles and the outline that
// follow a pointer until its drawing comes.
import type { Point } from "../../../hall/shapes.ts";
import { put } from "../form.ts";
import type { Table, Value } from "../fields.ts";

export interface Layout {
  readonly x: number;
  readonly y: number;
  readonly distance: number;
  readonly rotation: number;
  /** The radius of the front row; null: the distance. */
  readonly curve: number | null;
  readonly rowGap: number;
  readonly seatGap: number;
}

/** A place in a section: along its rows from their middle, and how deep behind the front row. */
export interface Place {
  readonly along: number;
  readonly deep: number;
}

const COORDINATE_MAX = 20_000;
const ROW_GAP = 12;
const SEAT_GAP = 10;
/** An arc goes at most this far round, in radians on each side of the middle. */
const BENT_MAX = 2.2;

/** The layout of a section's table; `at` is its reference point where the table has none. */
export function layoutOf(table: Table, at: Point = [0, 0]): Layout {
  const said = (table["layout"] ?? {}) as Table;
  const isPlaced = said["x"] !== undefined || said["y"] !== undefined;
  const curve = said["curve"];
  return {
    x: isPlaced ? numberOf(said["x"], 0) : at[0],
    y: isPlaced ? numberOf(said["y"], 0) : at[1],
    distance: numberOf(said["distance"], 0),
    rotation: numberOf(said["rotation"], 0),
    curve: curve === undefined ? null : numberOf(curve, 0),
    rowGap: numberOf(said["row_gap"], ROW_GAP),
    seatGap: numberOf(said["seat_gap"], SEAT_GAP),
  };
}

function numberOf(value: Value | undefined, otherwise: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
}

/** Write values into the layout of a table; what it has besides stays. */
export function putLayout(table: Table, values: Readonly<Record<string, number>>): void {
  put(table, "layout", { ...((table["layout"] ?? {}) as Table), ...values });
}

/** The radius of the front row; 0 where rows are straight. */
export function radiusOf({ curve, distance }: Layout): number {
  const radius = curve ?? distance;
  return radius >= 1 ? radius : 0;
}

/** The point of a place, in the file's units. */
export function pointOf(layout: Layout, { along, deep }: Place): Point {
  const radius = radiusOf(layout);
  if (radius === 0) return fromOwn(layout, along, deep);
  const angle = along / (radius + deep);
  return fromOwn(
    layout,
    (radius + deep) * Math.sin(angle),
    (radius + deep) * Math.cos(angle) - radius,
  );
}

/** The place of a point: the other way round. */
export function placeOf(layout: Layout, point: Point): Place {
  const [right, down] = toOwn(layout, point);
  const radius = radiusOf(layout);
  if (radius === 0) return { along: right, deep: down };
  const far = Math.hypot(right, down + radius);
  return { along: Math.atan2(right, down + radius) * far, deep: far - radius };
}

function fromOwn(layout: Layout, right: number, behind: number): Point {
  const [sin, cos] = turnOf(layout);
  const down = behind + layout.distance;
  return [layout.x + right * cos + down * sin, layout.y + down * cos - right * sin];
}

/** A point as the section sees it: to the right, and behind the middle of the front row. */
function toOwn(layout: Layout, [x, y]: Point): readonly [right: number, behind: number] {
  const [sin, cos] = turnOf(layout);
  const [dx, dy] = [x - layout.x, y - layout.y];
  return [dx * cos - dy * sin, dx * sin + dy * cos - layout.distance];
}

function turnOf({ rotation }: Layout): readonly [sin: number, cos: number] {
  const turn = (rotation * Math.PI) / 180;
  return [Math.sin(turn), Math.cos(turn)];
}

/** A section that was moved by so much. */
export function moved({ x, y }: Layout, by: Point): Record<string, number> {
  return { x: within(tenths(x + by[0])), y: within(tenths(y + by[1])) };
}

/** A section that was turned round its reference point, so that it lies in the direction of a point. */
export function turnedTo({ x, y }: Layout, to: Point): Record<string, number> {
  return turned((Math.atan2(to[0] - x, to[1] - y) * 180) / Math.PI);
}

/** A section turned by degrees, from -180 to 180. */
export function turned(degrees: number): Record<string, number> {
  const whole = Math.round(degrees * 10) / 10;
  return { rotation: whole - 360 * Math.round(whole / 360) };
}

/** A section whose front row is bent so that its end, `half` from the middle, is beside a point. */
export function bentTo(layout: Layout, half: number, to: Point): Record<string, number> {
  const [, behind] = toOwn(layout, to);
  return bent(half, -behind);
}

/** A section whose front row's end is so much nearer to the stage than its middle. */
export function bent(half: number, rise: number): Record<string, number> {
  const angle = angleOf(rise / Math.max(half, 1));
  const radius = angle === 0 ? 0 : Math.round(half / angle);
  return { curve: radius > COORDINATE_MAX ? 0 : radius };
}

/** How much nearer to the stage the end of the front row is than its middle. */
export function riseOf(layout: Layout, half: number): number {
  const radius = radiusOf(layout);
  return radius === 0 ? 0 : radius * (1 - Math.cos(Math.min(half / radius, BENT_MAX)));
}

/** The angle of half an arc by its rise for each unit along it, which grows with the angle. */
function angleOf(share: number): number {
  if (share <= 0) return 0;
  let [low, high] = [0, BENT_MAX];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if ((1 - Math.cos(middle)) / middle < share) low = middle;
    else high = middle;
  }
  return high;
}

function within(value: number): number {
  return Math.min(Math.max(value, -COORDINATE_MAX), COORDINATE_MAX);
}

/** A length as the file has it. */
export function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
