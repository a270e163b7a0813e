// What is chosen in this tab and not held yet, kept over a reload.
import { NOTHING, type Chosen } from "../seat-map/chosen.ts";

/** Keep what is chosen of a performance. A browser may forbid it; then a reload forgets it. */
export function keepChoice(performance: string, chosen: Chosen): void {
  try {
    const isNothing = chosen.seats.length + chosen.areas.length === 0;
    if (isNothing) sessionStorage.removeItem(keptAs(performance));
    else sessionStorage.setItem(keptAs(performance), JSON.stringify(chosen));
  } catch {
    // Nothing is lost but the choice.
  }
}

/** What was chosen of a performance when this tab showed it last. */
export function keptChoice(performance: string): Chosen {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keptAs(performance)) ?? "null");
    return isChosen(kept) ? kept : NOTHING;
  } catch {
    return NOTHING;
  }
}

/** An earlier version of the page kept something else. */
function isChosen(kept: unknown): kept is Chosen {
  return typeof kept === "object" && kept !== null && "seats" in kept && "areas" in kept;
}

function keptAs(performance: string): string {
  return `yemae:chosen:${performance}`;
}
