// Writes on the sections: name, price and what is left from afar, a tag while seats are very small.
//
// Always holds (and section-words.test.ts checks it): whatever there is room for, the grade is shown
// by its letter and never by the colour alone.
import { meet, roomAt } from "../shapes.ts";
import { seen, toScreen } from "../viewport.ts";
import { roundRect } from "./round-rect.ts";
import type { Scene, SectionWords } from "./scene.ts";
import { isDimmed, isGone } from "./sections.ts";
import { gradeColors } from "./theme.ts";

/** Where the words on a section have faded out and its tag fades in, as the strength of seats. */
const TAGS_FROM = 0.4;
const FADE = 0.15;

export function drawSectionWords(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const near = Math.min((TAGS_FROM - scene.detail.seats) / FADE, 1);
  const screen = seen(scene.camera, scene.size);
  for (const sections of alike(scene.plan.sections)) {
    const visible = sections.filter(
      (section) =>
        meet(scene.plan.sections[section]!.bounds, screen) &&
        (near > 0 || scene.plan.sections[section]!.isArea),
    );
    if (visible.length === 0) continue;
    const setting = roomiest(ctx, scene, sections);
    for (const section of visible) {
      // Nothing else is drawn in an area, however near one comes.
      const strength = scene.plan.sections[section]!.isArea ? 1 : near;
      if (strength <= 0) continue;
      ctx.globalAlpha = strength * (isDimmed(scene, section) ? 0.45 : 1);
      drawWords(ctx, scene, section, setting);
    }
  }
  ctx.globalAlpha = 1;
}

/** The sections of one floor and grade, which say as much as one another, in the same size. */
function alike(sections: Scene["plan"]["sections"]): Iterable<number[]> {
  const groups = new Map<string, number[]>();
  sections.forEach(({ floor, grade, isArea }, section) => {
    const key = `${grade} ${isArea} ${floor ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), section]);
  });
  return groups.values();
}

/** Grade and, where there is room, name on a small ground, over seats that are too small to tell
 * them by their shape.
 * They come when the words on the section have gone. */
export function drawTags(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { plan, camera, size, theme, font, symbols, detail } = scene;
  const strength = Math.min((detail.seats - TAGS_FROM) / FADE, 1);
  if (strength <= 0) return;
  const screen = seen(camera, size);
  ctx.font = `650 11px ${font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.globalAlpha = strength * 0.92;
  plan.sections.forEach(({ bounds, label, name, grade, isArea }) => {
    if (isArea || !meet(bounds, screen)) return;
    const { letter } = symbols[grade]!;
    const room = (bounds.right - bounds.left) * camera.scale;
    const whole = `${letter} ${name}`;
    const text = ctx.measureText(whole).width + 12 <= room ? whole : letter;
    const width = ctx.measureText(text).width + 12;
    const [x, y] = toScreen(camera, size, label);
    ctx.fillStyle = theme.floor;
    ctx.beginPath();
    roundRect(ctx, x - width / 2, y - 10, width, 20, 10);
    ctx.fill();
    ctx.fillStyle = theme.ink;
    ctx.fillText(text, x, y + 0.5);
  });
  ctx.globalAlpha = 1;
}

/** What may be said on a section, and how large, the most telling first; what fits is taken. */
export const SETTINGS: readonly Setting[] = [
  { says: ["name", "price", "left"], name: 17, rest: 12.5 },
  { says: ["name", "price", "left"], name: 14, rest: 11 },
  { says: ["name", "price", "left"], name: 12, rest: 10 },
  { says: ["name", "leftOf"], name: 13, rest: 11 },
  { says: ["name", "leftOf"], name: 11.5, rest: 10 },
  { says: ["name", "leftOf"], name: 10, rest: 9 },
  { says: ["name", "letter"], name: 13, rest: 11 },
  { says: ["name", "letter"], name: 11, rest: 10 },
  { says: ["both"], name: 11, rest: 0 },
  { says: ["name", "letter"], name: 9.5, rest: 8.5 },
  { says: ["both"], name: 9.5, rest: 0 },
  { says: ["name", "letter"], name: 8.5, rest: 8 },
  { says: ["both"], name: 8.5, rest: 0 },
  { says: ["name", "letter"], name: 8, rest: 6.5 },
  { says: ["both"], name: 7.5, rest: 0 },
  { says: ["letter"], name: 9.5, rest: 0 },
];

/** Where there is no room for any of them, this is written all the same. */
export const AT_LEAST: Setting = { says: ["letter"], name: 8, rest: 0 };

export interface Setting {
  /** What stands on each line. */
  readonly says: readonly (keyof Said)[];
  readonly name: number;
  readonly rest: number;
}

/** What a line can be. */
export interface Said {
  readonly name: string;
  readonly letter: string;
  readonly both: string;
  readonly price: string;
  readonly left: string;
  readonly leftOf: string;
}

/** The letter is where the colour could be mistaken, so it is never far from it. */
export function saidOf({ name, price, left }: SectionWords, letter: string): Said {
  return {
    name,
    letter,
    both: `${letter} ${name}`,
    price: `${letter} ${price}`,
    left,
    leftOf: left ? `${letter} ${left}` : letter,
  };
}

interface Line {
  readonly text: string;
  readonly font: string;
  readonly height: number;
  /** From the middle of all lines down to the middle of this one. */
  readonly down: number;
}

function drawWords(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  section: number,
  setting: Setting,
): void {
  const { plan, theme, camera, size } = scene;
  const { label, grade } = plan.sections[section]!;
  const [x, y] = toScreen(camera, size, label);
  ctx.fillStyle = isGone(scene, section)
    ? theme.onGone
    : gradeColors(theme, plan.grades[grade]!.color).on;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const { text, font, down } of linesOf(scene, section, setting)) {
    ctx.font = font;
    ctx.fillText(text, x, y + down);
  }
}

/** The setting that says most and for which there is room on each of the sections. */
function roomiest(ctx: CanvasRenderingContext2D, scene: Scene, sections: number[]): Setting {
  const isRoomy = (setting: Setting): boolean =>
    sections.every((section) =>
      linesOf(scene, section, setting).every((line) => fits(ctx, scene, section, line)),
    );
  return SETTINGS.find(isRoomy) ?? AT_LEAST;
}

function linesOf(scene: Scene, section: number, { says, name, rest }: Setting): Line[] {
  const { letter } = scene.symbols[scene.plan.sections[section]!.grade]!;
  const said = saidOf(scene.sectionWords(section), letter);
  const top = -((says.length - 1) * rest * 1.3) / 2;
  return says.map((word, at) => ({
    text: said[word],
    font: at === 0 ? `700 ${name}px ${scene.font}` : `500 ${rest}px ${scene.font}`,
    height: at === 0 ? name : rest,
    down: top + at * rest * 1.3 + (at === 0 ? 0 : (name - rest) / 4),
  }));
}

/** Whether a line stays within the outline at its upper and at its lower edge. */
function fits(
  ctx: CanvasRenderingContext2D,
  { plan, camera }: Scene,
  section: number,
  { text, font, height, down }: Line,
): boolean {
  const { shape, label } = plan.sections[section]!;
  ctx.font = font;
  const width = (ctx.measureText(text).width + 2) / camera.scale;
  return [-0.37, 0.37].every((edge) => {
    const y = label[1] + (down + edge * height) / camera.scale;
    return roomAt(shape, [label[0], y]) >= width;
  });
}
