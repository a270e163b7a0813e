// A poster for each concert, drawn from nothing but its data, and always the same. Pure.
import { chanceOf } from "./chance.ts";
import { letter, type Lettering } from "./lines.ts";
import { MOTIFS, type Palette, type Shape } from "./motifs.ts";

export const WIDTH = 300;
export const HEIGHT = 400;
const MARGIN = 24;

export interface Poster {
  readonly palette: Palette;
  readonly shapes: readonly Shape[];
  readonly artist: Lettering;
  readonly title: Lettering;
}

const PALETTES: readonly Palette[] = [
  { top: "#1b1f4b", bottom: "#5b3f8c", glow: "#f6c177", light: "#c4a7e7", deep: "#11132e" },
  { top: "#0f3b46", bottom: "#1f7a6c", glow: "#ffe8a3", light: "#8fd9c1", deep: "#08242b" },
  { top: "#4a1030", bottom: "#b3304f", glow: "#ffb38a", light: "#f48fb1", deep: "#2a081b" },
  { top: "#12304f", bottom: "#3f7cac", glow: "#fdf6e3", light: "#a9d6ef", deep: "#0a1c30" },
  { top: "#3a2313", bottom: "#b5651d", glow: "#ffdf8e", light: "#f0b67f", deep: "#22140a" },
  { top: "#24123f", bottom: "#7b2d8b", glow: "#ff9ecb", light: "#b69cff", deep: "#140924" },
  { top: "#16321f", bottom: "#5d8a3a", glow: "#f7f3b2", light: "#b9d98c", deep: "#0b1c11" },
];

/** The poster of a concert. */
export function posterOf(concert: { id: string; artist: string; title: string }): Poster {
  const chance = chanceOf(concert.id);
  const palette = PALETTES[Math.floor(chance() * PALETTES.length)]!;
  const motif = MOTIFS[Math.floor(chance() * MOTIFS.length)]!;
  const room = WIDTH - 2 * MARGIN;
  return {
    palette,
    shapes: motif(palette, chance),
    artist: letter(concert.artist, room, 2, [54, 46, 40, 34, 28, 24, 20]),
    title: letter(concert.title, room, 3, [19, 17, 15]),
  };
}

/** Where each line of the lettering stands, from the lower edge upwards. */
export function baselines(poster: Poster): { artist: number[]; title: number[] } {
  const titleStep = poster.title.size * 1.35;
  const artistStep = poster.artist.size * 1.08;
  const last = HEIGHT - MARGIN;
  const title = poster.title.lines.map((_, i, all) => last - (all.length - 1 - i) * titleStep);
  const above = title[0]! - titleStep - 4;
  const artist = poster.artist.lines.map((_, i, all) => above - (all.length - 1 - i) * artistStep);
  return { artist, title };
}
