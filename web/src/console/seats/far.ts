// Marks for seats that are too small for a shape of their own: one for the seats of a cell that have the
// same, at the middle of those. Cells are of the plan, so that marks stand still while the map moves. Pure.
import type { Plan } from "../../hall/plan.ts";
import { BLOCKED, HELD, type States } from "./states.ts";

export interface Mark {
  readonly state: typeof HELD | typeof BLOCKED;
  /** In units of the plan. */
  readonly x: number;
  readonly y: number;
  /** One of its seats: all have the same. */
  readonly seat: number;
}

/** A cell is at least this wide on the screen, and less than twice that. */
const CELL_PX = 9;
/** Columns and rows of cells, from this far to the left of the plan's beginning and above it. */
const CELLS_MAX = 1 << 16;
const FAR_OUT = 1 << 10;

let kept: { states: States; cell: number; marks: readonly Mark[] } | null = null;

/** The marks of held and blocked seats whose neighbours are `pitch` pixels apart. */
export function marksOf(plan: Plan, states: States, pitch: number): readonly Mark[] {
  const seats = 2 ** Math.ceil(Math.log2(CELL_PX / pitch));
  const cell = plan.pitch * seats;
  // While the camera moves, the same are drawn again.
  if (kept?.states === states && kept.cell === cell) return kept.marks;
  kept = { states, cell, marks: gathered(plan, states, cell) };
  return kept.marks;
}

function gathered(plan: Plan, states: States, cell: number): Mark[] {
  const cells = new Map<number, { x: number; y: number; count: number; seat: number }>();
  for (let seat = 0; seat < plan.x.length; seat++) {
    const state = states.of[seat]!;
    if (state !== HELD && state !== BLOCKED) continue;
    const [x, y] = [plan.x[seat]!, plan.y[seat]!];
    // Blocks have colours of their own; holds are all alike.
    const kind = state === BLOCKED ? states.holder[seat]! + 1 : 0;
    const [column, row] = [Math.floor(x / cell) + FAR_OUT, Math.floor(y / cell) + FAR_OUT];
    const key = (kind * CELLS_MAX + column) * CELLS_MAX + row;
    const found = cells.get(key);
    if (found) {
      found.x += x;
      found.y += y;
      found.count++;
    } else cells.set(key, { x, y, count: 1, seat });
  }
  return [...cells.values()].map(({ x, y, count, seat }) => ({
    state: states.of[seat] as Mark["state"],
    x: x / count,
    y: y / count,
    seat,
  }));
}
