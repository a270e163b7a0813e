// Draws one picture of the map, from the floor up.
import { drawMarks } from "./marks.ts";
import type { Scene } from "./scene.ts";
import { drawRowNames, drawSeats, type SeatDesk } from "./seats.ts";
import { drawSectionWords, drawTags } from "./section-words.ts";
import { drawSections, drawStage } from "./sections.ts";
import { drawSpecial } from "./special.ts";

export function paint(ctx: CanvasRenderingContext2D, scene: Scene, desk: SeatDesk): void {
  const { ratio, size, theme, detail } = scene;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.globalAlpha = 1;
  ctx.fillStyle = theme.paper;
  ctx.fillRect(0, 0, size.width, size.height);
  drawStage(ctx, scene);
  drawSections(ctx, scene);
  if (detail.seats > 0) drawSeats(ctx, scene, desk);
  if (detail.shapes) drawSpecial(ctx, scene);
  if (detail.rows) drawRowNames(ctx, scene);
  drawSectionWords(ctx, scene);
  if (detail.tags) drawTags(ctx, scene);
  drawMarks(ctx, scene);
}
