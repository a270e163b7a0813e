// Everything that one picture of the map is drawn from.
import type { Availability } from "../availability.ts";
import type { Detail } from "../detail.ts";
import type { Plan } from "../plan.ts";
import type { Camera, Size } from "../viewport.ts";
import type { Symbol } from "./symbols.ts";
import type { Theme } from "./theme.ts";

/** What is written on a section. */
export interface SectionWords {
  readonly name: string;
  readonly price: string;
  readonly left: string;
}

/** A seat that has just changed hands, and how long ago, from 0 to 1 of the time it is shown. */
export interface Flash {
  readonly seat: number;
  readonly part: number;
}

export interface Scene {
  readonly plan: Plan;
  readonly availability: Availability;
  readonly camera: Camera;
  readonly size: Size;
  /** Device pixels for each pixel of the page. */
  readonly ratio: number;
  readonly detail: Detail;
  /** Neighbours are this many pixels of the page apart. */
  readonly pitch: number;
  readonly theme: Theme;
  readonly font: string;
  readonly symbols: readonly Symbol[];
  readonly stageWord: string;
  readonly sectionWords: (section: number) => SectionWords;
  readonly chosen: readonly number[];
  /** What the fan has already, held or paid for. */
  readonly owned: ReadonlySet<number>;
  readonly offered: readonly number[];
  /** The seat, and at the overview the section, that the keyboard is on; -1 for none. */
  readonly focusedSeat: number;
  readonly focusedSection: number;
  /** The seat or the section under the mouse; -1 for none. */
  readonly hoveredSeat: number;
  readonly hoveredSection: number;
  /** Only this grade stands out; null for all. */
  readonly grade: number | null;
  readonly flashes: readonly Flash[];
}
