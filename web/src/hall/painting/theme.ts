// The colours of the map, for light and dark screens. Pure.
//
// Always holds (and theme.test.ts checks it): grades have a contrast of 3 on the paper and their
// letters 4.5 on them; words have 4.5 on what they stand on.

export interface GradeColors {
  readonly fill: string;
  /** Letters on the fill. */
  readonly on: string;
}

export interface Theme {
  readonly paper: string;
  /** Words on paper. */
  readonly ink: string;
  readonly quiet: string;
  /** What a section stands on while its seats are drawn. */
  readonly floor: string;
  readonly floorLine: string;
  readonly stage: string;
  readonly onStage: string;
  /** Sections and seats that are gone. */
  readonly gone: string;
  readonly goneLine: string;
  readonly onGone: string;
  readonly own: string;
  readonly onOwn: string;
  /** The ring of the keyboard, and of an offered seat. */
  readonly focus: string;
  readonly grades: readonly GradeColors[];
}

const white = (fill: string): GradeColors => ({ fill, on: "#ffffff" });
const black = (fill: string): GradeColors => ({ fill, on: "#14141a" });

export const LIGHT: Theme = {
  paper: "#f4f3f0",
  ink: "#1c1a22",
  quiet: "#5c5866",
  floor: "#ffffff",
  floorLine: "#d3d0da",
  stage: "#33303c",
  onStage: "#ffffff",
  gone: "#e3e1e6",
  goneLine: "#a19daa",
  onGone: "#57535f",
  own: "#15131c",
  onOwn: "#ffffff",
  focus: "#1d4ed8",
  grades: [
    white("#7a3fe0"),
    white("#d0325c"),
    white("#0f766e"),
    white("#b4530a"),
    white("#2457c5"),
    white("#4b7a10"),
    white("#a3219f"),
    white("#51607a"),
  ],
};

export const DARK: Theme = {
  paper: "#17171d",
  ink: "#f3f1f7",
  quiet: "#b5b0c0",
  floor: "#212129",
  floorLine: "#3e3c49",
  stage: "#e6e3ee",
  onStage: "#1c1a22",
  gone: "#2c2b34",
  goneLine: "#6c6877",
  onGone: "#b5b0c0",
  own: "#ffffff",
  onOwn: "#15131c",
  focus: "#8ab4ff",
  grades: [
    black("#b59bff"),
    black("#ff8ba7"),
    black("#4fd1bd"),
    black("#f6b24d"),
    black("#8ab4ff"),
    black("#a6d85f"),
    black("#ee9af8"),
    black("#aebbcf"),
  ],
};

/** The colours of a grade, by its index in the palette. */
export function gradeColors(theme: Theme, color: number): GradeColors {
  return theme.grades[color % theme.grades.length]!;
}
