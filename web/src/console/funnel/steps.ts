// The funnel of a sale: how many fans reached each step, and what became of the others. Pure.
import type { Schemas } from "../../api/client.ts";

type Figures = Schemas["QueueFigures"];
export type StepName = "joined" | "admitted" | "used" | "held" | "begun" | "paid";
export type LossName = "waiting" | "gaveUp" | "unused" | "inside" | "left" | "notBegun" | "open";

export interface Step {
  readonly name: StepName;
  readonly count: number;
  /** The part of those who reached the step before, from 0 to 1; null for the first, or where that
   * was none. Orders are counted from the third step on, and a fan may have several. */
  readonly share: number | null;
  /** What became of those who have not reached the next step. */
  readonly losses: readonly { readonly name: LossName; readonly count: number }[];
}

/** The steps, in their order. */
export function stepsOf(figures: Figures, passes: Schemas["PassesEnded"] | null): Step[] {
  const { joined, waiting, admitted, unused, active, holds, payments } = figures;
  const used = Math.max(0, admitted - unused);
  const begun = figures.payments_begun ?? 0;
  const counts: Readonly<Record<StepName, number>> = {
    joined,
    admitted,
    used,
    held: holds,
    begun,
    paid: payments,
  };
  const ended = passes === null ? 0 : passes.expiry + passes.revoke + passes.leave;
  const losses: Readonly<Record<StepName, readonly [LossName, number][]>> = {
    joined: [
      ["waiting", waiting],
      ["gaveUp", joined - admitted - waiting],
    ],
    admitted: [["unused", unused]],
    used: [
      ["inside", active],
      ["left", ended - unused],
    ],
    held: [["notBegun", holds - begun]],
    begun: [["open", begun - payments]],
    paid: [],
  };
  const names: readonly StepName[] = ["joined", "admitted", "used", "held", "begun", "paid"];
  return names.map((name, i) => {
    const before = names[i - 1] === undefined ? 0 : counts[names[i - 1]!];
    return {
      name,
      count: counts[name],
      share: before > 0 ? counts[name] / before : null,
      losses: losses[name]
        .filter(([, count]) => count > 0)
        .map(([loss, count]) => ({ name: loss, count })),
    };
  });
}

/** The count of a step in figures, for its curve. */
export function countOf(name: StepName, figures: Figures): number {
  if (name === "used") return Math.max(0, figures.admitted - figures.unused);
  if (name === "held") return figures.holds;
  if (name === "begun") return figures.payments_begun ?? 0;
  return name === "paid" ? figures.payments : figures[name];
}

/** Whether more fans are inside than there are seats for. */
export function isCrowded(active: number, seatsLeft: number | null | undefined): boolean {
  return seatsLeft !== null && seatsLeft !== undefined && active > 0 && active > seatsLeft;
}
