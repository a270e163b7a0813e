// What a pointer or a key does to a section or an area: the handles it has, where they are, and the
// values that its table gets. Points are in the file's units. Pure.
import type { Bounds, Point } from "../../../hall/shapes.ts";
import { put } from "../form.ts";
import type { Table } from "../fields.ts";
import { inFile, pointOfPart, sectionsOf, tableOf, type Drawn, type Part } from "./drawn.ts";
import {
  bent,
  bentTo,
  layoutOf,
  moved,
  placeOf,
  pointOf,
  putLayout,
  riseOf,
  tenths,
  turned,
  turnedTo,
  type Layout,
} from "./layout.ts";

export type HandleKind = "turn" | "bend";
export type Pull = HandleKind | "move";

export interface Handle {
  readonly kind: HandleKind;
  readonly at: Point;
}

/** How large a section is, in its own terms. */
export interface Extent {
  /** The end of the front row that is farther from its middle; less than 0 at its left. */
  readonly half: number;
  readonly deep: number;
}

/** The handle for turning is this many rows behind the last one. */
const TURN_ROWS = 2.5;
/** An area's is this far behind it. */
const TURN_AREA = 30;

/** The layout that a section was drawn with. */
export function drawnLayout(drawn: Drawn, part: Part): Layout {
  return layoutOf(tableOf(drawn.hall, part) ?? {}, pointOfPart(drawn, part));
}

/** How large a section is as it was drawn. */
export function extentOf(drawn: Drawn, part: Part): Extent {
  const layout = drawnLayout(drawn, part);
  const { x, y } = drawn.plan;
  let [half, deepest] = [0, 0];
  for (const section of sectionsOf(drawn, part)) {
    const { firstSeat, seats } = drawn.plan.sections[section]!;
    for (let seat = firstSeat; seat < firstSeat + seats; seat++) {
      const { along, deep } = placeOf(layout, inFile(drawn, [x[seat]!, y[seat]!]));
      deepest = Math.max(deepest, deep);
      if (deep < layout.rowGap / 2 && Math.abs(along) > Math.abs(half)) half = along;
    }
  }
  return { half, deep: deepest };
}

/** The outlines of a part as they will be with what its table says now. */
export function outlinesOf(drawn: Drawn, part: Part, table: Table): Point[][] {
  const outlines = sectionsOf(drawn, part).map((section) =>
    drawn.plan.sections[section]!.outline.map((point) => inFile(drawn, point)),
  );
  if (part.kind === "areas") {
    const corners = cornersOf(table);
    return corners === null ? outlines : [corners];
  }
  const then = drawnLayout(drawn, part);
  const now = layoutOf(table, [then.x, then.y]);
  return outlines.map((outline) => outline.map((point) => pointOf(now, placeOf(then, point))));
}

/** The handles of a part that is so large. */
export function handlesOf(
  drawn: Drawn,
  part: Part,
  table: Table,
  { half, deep }: Extent,
): Handle[] {
  if (part.kind === "areas") {
    const box = boxOf(table);
    return box === null ? [] : [{ kind: "turn", at: turnHandle(box) }];
  }
  const layout = layoutOf(table, pointOfPart(drawn, part));
  const behind = pointOf(layout, { along: 0, deep: deep + layout.rowGap * TURN_ROWS });
  return [
    { kind: "turn", at: behind },
    { kind: "bend", at: pointOf(layout, { along: half, deep: 0 }) },
  ];
}

/** Say where everything is that has no place in the file yet, so that nothing goes elsewhere when one
 * part of it is moved. */
export function pin(file: Table, drawn: Drawn): void {
  ((file["sections"] ?? []) as Table[]).forEach((table, index) => {
    const part: Part = { kind: "sections", index };
    if (isPlaced(table) || sectionsOf(drawn, part).length === 0) return;
    const [x, y] = pointOfPart(drawn, part);
    putLayout(table, { x: tenths(x), y: tenths(y) });
  });
  ((file["areas"] ?? []) as Table[]).forEach((table, index) => {
    const [section] = sectionsOf(drawn, { kind: "areas", index });
    if (table["layout"] !== undefined || section === undefined) return;
    const box = drawn.plan.sections[section]!.bounds;
    putLayout(table, boxIn(drawn, box));
  });
  if (file["stage"] === undefined) put(file, "stage", boxIn(drawn, drawn.plan.stage));
}

/** Whether everything of a file has its place there, so that there is nothing to pin. */
export function isPinned(file: Table): boolean {
  const sections = ((file["sections"] ?? []) as Table[]).filter(
    ({ rows }) => Array.isArray(rows) && rows.length > 0,
  );
  const areas = (file["areas"] ?? []) as Table[];
  const hasPlaces = sections.every(isPlaced) && areas.every(({ layout }) => layout !== undefined);
  return file["stage"] !== undefined && hasPlaces;
}

function boxIn(drawn: Drawn, box: Bounds): Record<string, number> {
  const [x, y] = inFile(drawn, [box.left, box.top]);
  return {
    x: tenths(x),
    y: tenths(y),
    width: tenths(box.right - box.left),
    height: tenths(box.bottom - box.top),
  };
}

function isPlaced(table: Table): boolean {
  const layout = (table["layout"] ?? {}) as Table;
  return layout["x"] !== undefined || layout["y"] !== undefined;
}

/** What a pull from one point to another makes of the layout that a part had when it began. */
export function pulled(
  pull: Pull,
  part: Part,
  began: Table,
  half: number,
  from: Point,
  to: Point,
): Table {
  const by: Point = [Math.round(to[0] - from[0]), Math.round(to[1] - from[1])];
  const layout = (began["layout"] ?? {}) as Table;
  if (part.kind === "areas") {
    if (pull === "move") return { ...layout, ...movedArea(layout, by) };
    const box = boxOf(began);
    return box === null ? layout : { ...layout, ...turnedArea(box, to) };
  }
  const was = layoutOf(began);
  if (pull === "move") return { ...layout, ...moved(was, by) };
  if (pull === "turn") return { ...layout, ...whole(turnedTo(was, to)) };
  return { ...layout, ...bentTo(was, Math.abs(half), to) };
}

function whole(values: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, each]) => [name, Math.round(each)]));
}

export type Step =
  | { readonly by: Point }
  | { readonly turn: number }
  /** How much nearer to the stage the end of the front row comes. */
  | { readonly bend: number };

/** What one step of a key makes of the layout of a part. */
export function stepped(step: Step, part: Part, table: Table, half: number): Table {
  const layout = (table["layout"] ?? {}) as Table;
  if (part.kind === "areas") {
    if ("by" in step) return { ...layout, ...movedArea(layout, step.by) };
    const box = "turn" in step ? boxOf(table) : null;
    return box === null || !("turn" in step)
      ? layout
      : { ...layout, ...turned(box.rotation + step.turn) };
  }
  const was = layoutOf(table);
  if ("by" in step) return { ...layout, ...moved(was, step.by) };
  if ("turn" in step) return { ...layout, ...turned(was.rotation + step.turn) };
  const across = Math.abs(half);
  return { ...layout, ...bent(across, riseOf(was, across) + step.bend) };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rotation: number;
}

/** The rectangle of an area; null where it has none. */
function boxOf(table: Table): Box | null {
  const { x, y, width, height, rotation = 0 } = (table["layout"] ?? {}) as Table;
  const isWhole = [x, y, width, height, rotation].every((each) => typeof each === "number");
  return isWhole ? ({ x, y, width, height, rotation } as Box) : null;
}

function cornersOf(table: Table): Point[] | null {
  const box = boxOf(table);
  if (box === null) {
    const outline = ((table["layout"] ?? {}) as Table)["outline"];
    return Array.isArray(outline) ? (outline as unknown as Point[]) : null;
  }
  const [right, down] = [box.width / 2, box.height / 2];
  return [
    [-right, -down],
    [right, -down],
    [right, down],
    [-right, down],
  ].map(([dx, dy]) => fromMiddle(box, dx!, dy!));
}

/** A point of an area from its middle, turned with it. */
function fromMiddle({ x, y, width, height, rotation }: Box, dx: number, dy: number): Point {
  const turn = (rotation * Math.PI) / 180;
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  return [x + width / 2 + dx * cos - dy * sin, y + height / 2 + dx * sin + dy * cos];
}

function turnHandle(box: Box): Point {
  return fromMiddle(box, 0, box.height / 2 + TURN_AREA);
}

function turnedArea(box: Box, to: Point): Record<string, number> {
  const [dx, dy] = [to[0] - box.x - box.width / 2, to[1] - box.y - box.height / 2];
  return whole(turned((Math.atan2(-dx, dy) * 180) / Math.PI));
}

function movedArea(layout: Table, [dx, dy]: Point): Table {
  const outline = layout["outline"];
  if (Array.isArray(outline)) {
    const corners = outline as unknown as readonly Point[];
    return { outline: corners.map(([x, y]) => [tenths(x + dx), tenths(y + dy)]) };
  }
  const { x, y } = layout;
  if (typeof x !== "number" || typeof y !== "number") return {};
  return { x: tenths(x + dx), y: tenths(y + dy) };
}
