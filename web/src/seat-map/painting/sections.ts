// Draws the stage and the sections: from afar as shapes that say name, price and what is left; from
// nearby as the floor that the seats stand on.
import { grown, meet, roomAt, type Point } from "../shapes.ts";
import { seen, toScreen } from "../viewport.ts";
import type { Scene, SectionWords } from "./scene.ts";
import { gradeColors } from "./theme.ts";

const DIMMED = 0.25;

export function drawStage(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { plan, camera, size, theme, font, stageWord } = scene;
  const { stage } = plan;
  const [left, top] = toScreen(camera, size, [stage.left, stage.top]);
  const [right, bottom] = toScreen(camera, size, [stage.right, stage.bottom]);
  const [width, height] = [right - left, bottom - top];
  ctx.fillStyle = theme.stage;
  ctx.beginPath();
  ctx.roundRect(left, top, width, height, Math.min(height * 0.22, 14));
  ctx.fill();
  const letters = Math.min(height * 0.42, (width / stageWord.length) * 0.8, 26);
  if (letters < 6) return;
  ctx.fillStyle = theme.onStage;
  ctx.font = `700 ${letters}px ${font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(stageWord, left + width / 2, top + height / 2 + letters * 0.06);
}

/** Shapes first and words after all of them, so that no shape covers a neighbour's words. */
export function drawSections(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const screen = grown(seen(scene.camera, scene.size), 1);
  scene.plan.sections.forEach(({ bounds }, section) => {
    if (meet(bounds, screen)) drawShape(ctx, scene, section);
  });
}

export function drawSectionWords(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const strength = 1 - scene.detail.seats;
  if (strength <= 0) return;
  const screen = seen(scene.camera, scene.size);
  scene.plan.sections.forEach(({ bounds }, section) => {
    if (!meet(bounds, screen)) return;
    ctx.globalAlpha = strength * (isDimmed(scene, section) ? 0.45 : 1);
    drawWords(ctx, scene, section);
  });
  ctx.globalAlpha = 1;
}

/** Grade and name on a small ground, over seats that are too small to tell them by their shape. */
export function drawTags(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { plan, camera, size, theme, font, symbols, detail } = scene;
  const screen = seen(camera, size);
  ctx.font = `650 11px ${font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.globalAlpha = detail.seats * 0.92;
  plan.sections.forEach(({ bounds, label, name, grade }) => {
    if (!meet(bounds, screen)) return;
    const text = `${symbols[grade]!.letter} ${name}`;
    const width = ctx.measureText(text).width + 12;
    const [x, y] = toScreen(camera, size, label);
    ctx.fillStyle = theme.floor;
    ctx.beginPath();
    ctx.roundRect(x - width / 2, y - 10, width, 20, 10);
    ctx.fill();
    ctx.fillStyle = theme.ink;
    ctx.fillText(text, x, y + 0.5);
  });
  ctx.globalAlpha = 1;
}

function drawShape(ctx: CanvasRenderingContext2D, scene: Scene, section: number): void {
  const { theme, detail } = scene;
  trace(ctx, scene, outlineOf(scene, section));
  ctx.fillStyle = theme.floor;
  ctx.fill();
  ctx.lineWidth = 1;
  ctx.strokeStyle = theme.floorLine;
  ctx.stroke();
  if (detail.seats < 1) fillAsWhole(ctx, scene, section);
  if (section === scene.focusedSection) {
    ctx.lineWidth = 4;
    ctx.strokeStyle = theme.focus;
    ctx.stroke();
  } else if (section === scene.hovered && detail.overview) {
    ctx.lineWidth = 2.5;
    ctx.strokeStyle = theme.ink;
    ctx.stroke();
  }
}

/** In the colour of its grade; what is sold out is grey, and hatched as well. */
function fillAsWhole(ctx: CanvasRenderingContext2D, scene: Scene, section: number): void {
  const { theme, plan, detail } = scene;
  const gone = isGone(scene, section);
  const grade = plan.grades[plan.sections[section]!.grade]!;
  ctx.globalAlpha = (1 - detail.seats) * (isDimmed(scene, section) ? DIMMED : 1);
  ctx.fillStyle = gone ? theme.gone : gradeColors(theme, grade.color).fill;
  ctx.fill();
  if (gone) {
    ctx.strokeStyle = theme.goneLine;
    ctx.stroke();
    hatch(ctx, scene, section);
  }
  ctx.globalAlpha = 1;
}

function hatch(ctx: CanvasRenderingContext2D, scene: Scene, section: number): void {
  const { bounds } = scene.plan.sections[section]!;
  const [left, top] = toScreen(scene.camera, scene.size, [bounds.left, bounds.top]);
  const [right, bottom] = toScreen(scene.camera, scene.size, [bounds.right, bounds.bottom]);
  ctx.save();
  ctx.clip();
  ctx.beginPath();
  for (let x = left - (bottom - top); x < right; x += 8) {
    ctx.moveTo(x, bottom);
    ctx.lineTo(x + (bottom - top), top);
  }
  ctx.globalAlpha *= 0.35;
  ctx.lineWidth = 1;
  ctx.strokeStyle = scene.theme.goneLine;
  ctx.stroke();
  ctx.restore();
  // The shape is the current path again, for the ring of the keyboard.
  trace(ctx, scene, outlineOf(scene, section));
}

function outlineOf({ plan, detail }: Scene, section: number): readonly Point[] {
  const { outline, shape } = plan.sections[section]!;
  return detail.overview ? shape : outline;
}

function trace(ctx: CanvasRenderingContext2D, scene: Scene, outline: readonly Point[]): void {
  ctx.beginPath();
  for (const point of outline) {
    const [x, y] = toScreen(scene.camera, scene.size, point);
    ctx.lineTo(x, y);
  }
  ctx.closePath();
}

function isGone({ availability }: Scene, section: number): boolean {
  return availability.version !== null && availability.leftInSection[section] === 0;
}

function isDimmed({ plan, grade }: Scene, section: number): boolean {
  return grade !== null && !plan.sections[section]!.grades.includes(grade);
}

/** What may be said on a section, and how large, the most telling first; what fits is taken. */
const SETTINGS = [
  { says: ["name", "price", "left"], name: 17, rest: 12.5 },
  { says: ["name", "price", "left"], name: 14, rest: 11 },
  { says: ["name", "price", "left"], name: 12, rest: 10 },
  { says: ["name", "left"], name: 13, rest: 11 },
  { says: ["name", "left"], name: 11.5, rest: 10 },
  { says: ["name", "letter"], name: 13, rest: 11 },
  { says: ["name", "letter"], name: 11, rest: 10 },
  { says: ["name"], name: 11, rest: 0 },
  { says: ["name"], name: 9.5, rest: 0 },
  { says: ["name"], name: 8.5, rest: 0 },
  { says: ["letter"], name: 9.5, rest: 0 },
] as const;

interface Line {
  readonly text: string;
  readonly font: string;
  readonly height: number;
  /** From the middle of all lines down to the middle of this one. */
  readonly down: number;
}

function drawWords(ctx: CanvasRenderingContext2D, scene: Scene, section: number): void {
  const { plan, theme, camera, size } = scene;
  const { label, grade } = plan.sections[section]!;
  const [x, y] = toScreen(camera, size, label);
  ctx.fillStyle = isGone(scene, section)
    ? theme.onGone
    : gradeColors(theme, plan.grades[grade]!.color).on;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const setting of SETTINGS) {
    const lines = linesOf(scene, section, setting);
    if (!lines.every((line) => fits(ctx, scene, section, line))) continue;
    for (const { text, font, down } of lines) {
      ctx.font = font;
      ctx.fillText(text, x, y + down);
    }
    return;
  }
}

function linesOf(
  scene: Scene,
  section: number,
  { says, name, rest }: (typeof SETTINGS)[number],
): Line[] {
  const words: SectionWords = scene.sectionWords(section);
  const { letter } = scene.symbols[scene.plan.sections[section]!.grade]!;
  const texts = {
    name: words.name,
    letter,
    // The letter is where the colour could be mistaken, so it is never far from it.
    price: `${letter} ${words.price}`,
    left: says.length === 2 && words.left ? `${letter} ${words.left}` : words.left,
  };
  const top = -((says.length - 1) * rest * 1.3) / 2;
  return says.map((word, at) => ({
    text: texts[word],
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
  const width = (ctx.measureText(text).width + 3) / camera.scale;
  return [-0.42, 0.42].every((edge) => {
    const y = label[1] + (down + edge * height) / camera.scale;
    return roomAt(shape, [label[0], y]) >= width;
  });
}
