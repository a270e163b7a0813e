// A grid of cells over the plan, so that the seat under a finger is found without looking at all.
//
// Always holds: every seat is in exactly one cell, and the seats of cell c are
// `seats[starts[c]]` up to `seats[starts[c + 1]]`.
import type { Plan } from "./plan.ts";

export interface Grid {
  readonly cell: number;
  readonly columns: number;
  readonly lines: number;
  readonly starts: Uint32Array;
  readonly seats: Uint32Array;
}

/** Cells of three by three seats hold few seats each and stay few themselves. */
const SEATS_ACROSS_A_CELL = 3;

/** Sort the seats of a plan into cells: one pass to count, one to place. */
export function makeGrid(plan: Plan): Grid {
  const cell = plan.pitch * SEATS_ACROSS_A_CELL;
  const columns = Math.max(1, Math.ceil(plan.size.width / cell));
  const lines = Math.max(1, Math.ceil(plan.size.height / cell));
  const starts = new Uint32Array(columns * lines + 1);
  const cells = new Uint32Array(plan.x.length);
  for (let seat = 0; seat < cells.length; seat++) {
    const column = within(Math.floor(plan.x[seat]! / cell), columns);
    const line = within(Math.floor(plan.y[seat]! / cell), lines);
    cells[seat] = line * columns + column;
    starts[cells[seat]! + 1]!++;
  }
  for (let at = 1; at < starts.length; at++) starts[at]! += starts[at - 1]!;
  const next = starts.slice();
  const seats = new Uint32Array(cells.length);
  cells.forEach((at, seat) => (seats[next[at]!++] = seat));
  return { cell, columns, lines, starts, seats };
}

/** The seat nearest to a point, no farther than `reach`; -1 when there is none. */
export function nearestSeat(plan: Plan, grid: Grid, x: number, y: number, reach: number): number {
  let best = -1;
  let bestSquare = reach * reach;
  visit(grid, x - reach, y - reach, x + reach, y + reach, (seat) => {
    const square = (plan.x[seat]! - x) ** 2 + (plan.y[seat]! - y) ** 2;
    if (square <= bestSquare) {
      best = seat;
      bestSquare = square;
    }
  });
  return best;
}

function visit(
  grid: Grid,
  left: number,
  top: number,
  right: number,
  bottom: number,
  each: (seat: number) => void,
): void {
  const firstColumn = within(Math.floor(left / grid.cell), grid.columns);
  const lastColumn = within(Math.floor(right / grid.cell), grid.columns);
  const firstLine = within(Math.floor(top / grid.cell), grid.lines);
  const lastLine = within(Math.floor(bottom / grid.cell), grid.lines);
  for (let line = firstLine; line <= lastLine; line++) {
    const from = grid.starts[line * grid.columns + firstColumn]!;
    const to = grid.starts[line * grid.columns + lastColumn + 1]!;
    for (let at = from; at < to; at++) each(grid.seats[at]!);
  }
}

function within(value: number, count: number): number {
  return Math.min(Math.max(value, 0), count - 1);
}
