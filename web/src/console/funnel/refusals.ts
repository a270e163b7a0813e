// What fans were refused, by the step at which they were. Pure.
import type { Schemas } from "../../api/client.ts";

type Figures = Schemas["QueueFigures"];
type Types = Readonly<Record<string, number>>;

export const REFUSED_AT = ["join", "seats", "hold", "pay"] as const;
export type RefusedStep = (typeof REFUSED_AT)[number];

export interface RefusedType {
  readonly type: string;
  readonly count: number;
}

/** The refusals of one step. */
export interface RefusedAt {
  readonly step: RefusedStep;
  readonly count: number;
  /** The most frequent first. */
  readonly types: readonly RefusedType[];
}

/** The steps at which fans were refused anything, each with at most this number of types. */
export function refusedAt(figures: Figures, most: number): RefusedAt[] {
  return REFUSED_AT.map((step) => {
    const types = figures.refusals?.[step] ?? {};
    return { step, count: sum(types), types: mostFrequent(types, most) };
  }).filter(({ count }) => count > 0);
}

/** How often fans were refused anything at a step, for its rate. */
export function countAt(step: RefusedStep, figures: Figures): number {
  return sum(figures.refusals?.[step] ?? {});
}

/** The most frequent types. */
export function mostFrequent(types: Types, most: number): RefusedType[] {
  return Object.entries(types)
    .map(([type, count]) => ({ type, count }))
    .sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1))
    .slice(0, most);
}

function sum(types: Types): number {
  return Object.values(types).reduce((total, count) => total + count, 0);
}
