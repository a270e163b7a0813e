// A shape and a letter for each grade, so that grades do not depend on colours. Pure.
//
// The shapes are SVG paths in a circle of radius 1 round the origin: the legend draws them as SVG,
// the map as Path2D, so both look the same.
import type { Plan } from "../plan.ts";

export interface Symbol {
  /** SVG path data. */
  readonly path: string;
  /** One or two characters. */
  readonly letter: string;
}

const CIRCLE = "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0-2 0z";

const SHAPES: readonly string[] = [
  polygon(5, 1.14, -90, 0.22),
  CIRCLE,
  polygon(4, 1.24, 45, 0.3),
  polygon(4, 1.16, 0, 0.16),
  polygon(6, 1.08, 0, 0.2),
  polygon(3, 1.3, -90, 0.3),
  polygon(8, 1.04, 22.5, 0.15),
  polygon(3, 1.3, 90, 0.3),
];

/** The check mark of the fan's own seats, as a line. */
export const CHECK = "M-0.46 0.02L-0.12 0.36L0.5-0.34";

/** The mark of seats that the fan has already, held or paid for: a small ticket, filled. */
export const HAVE =
  "M-0.52-0.34h1.04v0.2a0.14 0.14 0 0 0 0 0.28v0.2h-1.04v-0.2a0.14 0.14 0 0 0 0-0.28z";

/** The cross of seats that others have, as lines. */
export const CROSS = "M-0.5-0.5L0.5 0.5M-0.5 0.5L0.5-0.5";

/** The symbol of each grade of a plan, with letters of the English names where they are read. */
export function symbolsOf(grades: Plan["grades"], english: boolean): Symbol[] {
  const letters = lettersOf(grades.map(({ name, nameEn }) => (english && nameEn) || name));
  return grades.map(({ color }, index) => ({
    path: SHAPES[color % SHAPES.length]!,
    letter: letters[index]!,
  }));
}

/** The first letter of each name, two letters where one is not enough, and numbers as a last way. */
export function lettersOf(names: readonly string[]): string[] {
  for (const length of [1, 2]) {
    const letters = names.map((name) => [...name].slice(0, length).join("").toUpperCase());
    if (new Set(letters).size === names.length) return letters;
  }
  return names.map((_, index) => String(index + 1));
}

/** A regular polygon with rounded corners; `turn` is where its first corner is, in degrees. */
function polygon(corners: number, radius: number, turn: number, rounding: number): string {
  const at = (corner: number): [number, number] => {
    const angle = ((turn + (corner * 360) / corners) * Math.PI) / 180;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  };
  const part = (from: [number, number], to: [number, number], share: number) =>
    `${(from[0] + (to[0] - from[0]) * share).toFixed(3)} ${(from[1] + (to[1] - from[1]) * share).toFixed(3)}`;
  let path = "";
  for (let corner = 0; corner < corners; corner++) {
    const [before, here, after] = [at(corner - 1), at(corner), at(corner + 1)];
    path += `${corner === 0 ? "M" : "L"}${part(here, before, rounding)}`;
    path += `Q${part(here, here, 0)} ${part(here, after, rounding)}`;
  }
  return `${path}z`;
}
