// Draws the stage and the sections: from afar as shapes in the colour of their grade; from nearby as
// the floor that the seats stand on. What is written on them is in section-words.ts.
import { grown, meet, type Point } from "../shapes.ts";
import { seen, toScreen } from "../viewport.ts";
import { roundRect } from "./round-rect.ts";
import type { Scene } from "./scene.ts";
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
  roundRect(ctx, left, top, width, height, Math.min(height * 0.22, 14));
  ctx.fill();
  ctx.strokeStyle = theme.onStage;
  if (theme.stage === theme.paper) ctx.stroke();
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

function drawShape(ctx: CanvasRenderingContext2D, scene: Scene, section: number): void {
  const { theme, detail } = scene;
  trace(ctx, scene, outlineOf(scene, section));
  ctx.fillStyle = theme.floor;
  ctx.fill();
  ctx.lineWidth = 1;
  ctx.strokeStyle = theme.floorLine;
  ctx.stroke();
  const { isArea } = scene.plan.sections[section]!;
  if (isArea) fillAsWhole(ctx, scene, section, 1);
  else if (detail.seats < 1) fillAsWhole(ctx, scene, section, 1 - detail.seats);
  if (section === scene.focusedSection) {
    ctx.lineWidth = 4;
    ctx.strokeStyle = theme.focus;
    ctx.stroke();
  } else if (section === scene.hoveredSection && (isArea || detail.overview)) {
    ctx.lineWidth = 2.5;
    ctx.strokeStyle = theme.ink;
    ctx.stroke();
  }
}

/** In the colour of its grade; what is sold out is grey, and hatched as well. */
function fillAsWhole(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  section: number,
  strength: number,
): void {
  const { theme, plan } = scene;
  const gone = isGone(scene, section);
  const grade = plan.grades[plan.sections[section]!.grade]!;
  ctx.globalAlpha = strength * (isDimmed(scene, section) ? DIMMED : 1);
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

/** Whether no seat of it is free. */
export function isGone({ availability }: Scene, section: number): boolean {
  return availability.version !== null && availability.leftInSection[section] === 0;
}

/** Whether another grade stands out. */
export function isDimmed({ plan, grade }: Scene, section: number): boolean {
  return grade !== null && !plan.sections[section]!.grades.includes(grade);
}
