// How much is drawn, from how far apart two seats are on the screen. Pure.
export interface Detail {
  /** How strongly single seats are drawn, 0 to 1. None are drawn at 0. */
  readonly seats: number;
  /** Whether a section is shown as a shape with words, and a tap zooms to it. */
  readonly overview: boolean;
  /** Sections have a tag with name and grade, as seats are drawn but are too small to say it. */
  readonly tags: boolean;
  /** Seats are large enough for the shape of their grade, and for a cross when taken. */
  readonly shapes: boolean;
  /** Seats carry the letter of their grade. */
  readonly letters: boolean;
  /** Seats carry their number, which says more than the letter once there is room. */
  readonly numbers: boolean;
  /** The names of rows stand at their ends. */
  readonly rows: boolean;
}

const SEATS_FROM_PX = 4;
const SEATS_FULL_PX = 6.5;
const SHAPES_FROM_PX = 8;
const ROWS_FROM_PX = 11;
const LETTERS_FROM_PX = 15;
const NUMBERS_FROM_PX = 22;
/** A finger needs this much to hit the seat that it means (WCAG 2.5.8), and seats carry their numbers
 * then; a mouse needs less, and shows which seat it is on. */
const CHOOSE_FROM_PX = { coarse: 24, fine: 8 } as const;

/** What to draw when neighbours are `pitch` pixels apart. */
export function detailAt(pitch: number): Detail {
  const seats = (pitch - SEATS_FROM_PX) / (SEATS_FULL_PX - SEATS_FROM_PX);
  return {
    seats: Math.min(Math.max(seats, 0), 1),
    overview: pitch < SEATS_FULL_PX,
    tags: pitch > SEATS_FROM_PX && pitch < SHAPES_FROM_PX,
    shapes: pitch >= SHAPES_FROM_PX,
    letters: pitch >= LETTERS_FROM_PX && pitch < NUMBERS_FROM_PX,
    numbers: pitch >= NUMBERS_FROM_PX,
    rows: pitch >= ROWS_FROM_PX,
  };
}

/** Whether a tap chooses a seat; below that it goes nearer first. */
export function canChoose(pitch: number, pointer: "coarse" | "fine"): boolean {
  return pitch >= CHOOSE_FROM_PX[pointer];
}

/** A pitch at which every pointer chooses and numbers are read: where a tap takes one. */
export const COMFORTABLE_PITCH_PX = 26;
