// The seats that are chosen in this tab and not held yet, kept over a reload.

/** What is chosen: seats by number, tickets of areas by count. */
export interface Kept {
  readonly seats: string[];
  readonly areas: { area: string; count: number }[];
}

/** Keep what is chosen of a performance. A browser may forbid it; then a reload forgets it. */
export function keepChoice(
  performance: string,
  seats: readonly string[],
  areas: readonly { readonly area: string; readonly count: number }[],
): void {
  try {
    if (seats.length === 0 && areas.length === 0) sessionStorage.removeItem(keptAs(performance));
    else sessionStorage.setItem(keptAs(performance), JSON.stringify([...seats, ...areas]));
  } catch {
    // Nothing is lost but the choice.
  }
}

/** What was chosen of a performance when this tab showed it last. */
export function keptChoice(performance: string): Kept {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keptAs(performance)) ?? "[]");
    const all: unknown[] = Array.isArray(kept) ? kept : [];
    return { seats: all.filter((each) => typeof each === "string"), areas: all.filter(isArea) };
  } catch {
    return { seats: [], areas: [] };
  }
}

function isArea(each: unknown): each is { area: string; count: number } {
  if (typeof each !== "object" || each === null) return false;
  const { area, count } = each as Record<string, unknown>;
  return typeof area === "string" && typeof count === "number" && count > 0;
}

function keptAs(performance: string): string {
  return `yemae:chosen:${performance}`;
}
