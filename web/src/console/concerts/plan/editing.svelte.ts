// What is being edited of a hall: the part that is moved, turned and bent, or the seats that are
// chosen. What is done changes the tables of the form at once.
import type { Pointer } from "../../../hall/gestures.ts";
import { boundsOf, contains, middleOf, type Point } from "../../../hall/shapes.ts";
import { toggled, type Way } from "../../seats/chosen.ts";
import { put } from "../form.ts";
import type { Table } from "../fields.ts";
import { editedOf, hallOf, restoreHall, tableOf, type Drawn, type Part } from "./drawn.ts";
import { layoutOf } from "./layout.ts";
import type { Marked } from "./paint.ts";
import {
  extentOf,
  handlesOf,
  isPinned,
  outlinesOf,
  pin,
  pulled,
  stepped,
  type Extent,
  type Pull,
  type Step,
} from "./parts.ts";
import type { Hold } from "./pulls.ts";
import type { View } from "./view.ts";
import type { Texts } from "./words.ts";

export type EditWay = "arrange" | Way;
export const WAYS: readonly EditWay[] = ["arrange", "seat", "row", "lasso"];

type Screen = Pick<View, "toFile" | "toScreen">;

/** A handle is taken hold of this far from its middle. */
const REACH_PX = { coarse: 26, fine: 14 } as const;
/** A pointer that moves less than this pulls nothing. */
const PULL_FROM_PX = 4;

export class Editing {
  way = $state<EditWay>("arrange");
  part = $state.raw<Part | null>(null);
  chosen = $state.raw<ReadonlySet<number>>(new Set());
  /** What the chosen seats were given last, in words; empty for another choice. */
  given = $state("");
  isPulling = $state(false);
  /** The last drawing, and what waits for one of the hall as it is now. */
  #drawn: Drawn | null = null;
  #waiting: (() => void)[] = [];
  #extent: { readonly drawn: Drawn; readonly part: Part; readonly is: Extent } | null = null;

  constructor(readonly file: Table) {}

  /** The table of the part; null while none is chosen. */
  get table(): Table | null {
    return this.part === null ? null : (tableOf(this.file, this.part) ?? null);
  }

  /** Choose seats, or take them away again where all are chosen. */
  toggle(seats: readonly number[]): void {
    this.chosen = toggled(this.chosen, seats);
    this.given = "";
  }

  /** Choose seats beside those that are chosen. */
  add(seats: readonly number[]): void {
    this.chosen = new Set([...this.chosen, ...seats]);
    this.given = "";
  }

  clear(): void {
    this.chosen = new Set();
    this.given = "";
  }

  /** A drawing has come; what waited for it is done. */
  arrived(drawn: Drawn): void {
    this.#drawn = drawn;
    for (const act of this.#waiting.splice(0)) this.place(act);
  }

  /** There is no drawing of the hall as it is now: something in it is wrong. */
  refused(): void {
    this.#waiting = [];
  }

  /** Give something its place, when all else has one. Where the server still has to say that, this
   * waits for its drawing: an older one has things elsewhere. */
  place(act: () => void): void {
    if (this.#pin()) act();
    else this.#waiting.push(act);
  }

  #pin(): boolean {
    if (isPinned(this.file)) return true;
    if (this.#drawn?.of !== hallOf(this.file)) return false;
    pin(this.file, this.#drawn);
    return true;
  }

  /** Let a key do something to the part. */
  step(step: Step): void {
    this.place(() => {
      const { part, table } = this;
      if (part === null || table === null || this.#drawn === null) return;
      const { half } = this.#extentOf(this.#drawn, part);
      put(table, "layout", stepped(step, part, table, half));
    });
  }

  /** Let a pointer take hold of a handle of the part, or of the part itself; `ontap` is called where
   * it only pressed that. */
  take(drawn: Drawn, at: Point, pointer: Pointer, screen: Screen, ontap: () => void): Hold | null {
    const marked = this.marked(drawn, screen);
    if (this.part === null || marked === null) return null;
    const handle = marked.handles.find(({ at: on }) => far(on, at) <= REACH_PX[pointer]);
    const isInside = marked.outlines.some((outline) => contains(outline, at));
    if (handle === undefined && !isInside) return null;
    const hold = this.#hold(drawn, this.part, handle?.kind ?? "move", at, screen);
    const end = (whole: boolean): void => {
      if (!hold.end(whole) && whole && handle === undefined) ontap();
    };
    return { move: hold.move, end };
  }

  /** What follows a pointer; its end says whether anything was pulled. */
  #hold(drawn: Drawn, part: Part, pull: Pull, at: Point, screen: Screen) {
    const before = editedOf(this.file);
    const { half } = this.#extentOf(drawn, part);
    const from = screen.toFile(at);
    let began: Table | null = null;
    return {
      move: (to: Point): void => {
        if (began === null && far(at, to) < PULL_FROM_PX) return;
        if (began === null && !this.#pin()) return;
        const { table } = this;
        if (table === null) return;
        this.isPulling = true;
        began ??= $state.snapshot<unknown>(table) as Table;
        put(table, "layout", pulled(pull, part, began, half, from, screen.toFile(to)));
      },
      end: (whole: boolean): boolean => {
        this.isPulling = false;
        if (!whole && began !== null) restoreHall(this.file, before);
        return began !== null;
      },
    };
  }

  /** What is marked on the map of the part that is being edited. */
  marked(drawn: Drawn, { toScreen }: Screen): Marked | null {
    const { part, table } = this;
    if (this.way !== "arrange" || part === null || table === null) return null;
    const outlines = outlinesOf(drawn, part, table).map((each) => each.map(toScreen));
    if (outlines.length === 0) return null;
    const handles = handlesOf(drawn, part, table, this.#extentOf(drawn, part));
    return {
      outlines,
      handles: handles.map(({ kind, at }) => ({ kind, at: toScreen(at) })),
      middle: middleOf(boundsOf(outlines.flat())),
    };
  }

  /** Where the part is, in words. */
  spoken(texts: Texts): string {
    const { part, table } = this;
    if (part === null || table === null) return "";
    const { x, y, rotation, curve } = layoutOf(table);
    return texts.placed(x, y, rotation, curve);
  }

  #extentOf(drawn: Drawn, part: Part): Extent {
    const known = this.#extent;
    if (known?.drawn === drawn && known.part === part) return known.is;
    const is = extentOf(drawn, part);
    this.#extent = { drawn, part, is };
    return is;
  }
}

function far([x, y]: Point, [toX, toY]: Point): number {
  return Math.hypot(toX - x, toY - y);
}
