// Seats that have just changed hands, for as long as the map shows that. Pure but for the forgetting.
import type { Flash } from "../../hall/painting/scene.ts";

/** How long a change of hands is shown. */
const FLASH_MS = 900;

/** The flashes of a moment; what is over is forgotten, and for a fan who wants no motion all of it. */
export function flashesAt(changed: Map<number, number>, now: number, still: boolean): Flash[] {
  const flashes: Flash[] = [];
  for (const [seat, since] of changed) {
    const part = (now - since) / FLASH_MS;
    if (part >= 1 || still) changed.delete(seat);
    else flashes.push({ seat, part: Math.max(part, 0) });
  }
  return flashes;
}
