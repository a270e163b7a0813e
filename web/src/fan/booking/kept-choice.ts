// The seats that are chosen in this tab and not held yet, kept over a reload.

/** Keep what is chosen of a performance. A browser may forbid it; then a reload forgets it. */
export function keepChoice(performance: string, numbers: readonly string[]): void {
  try {
    if (numbers.length === 0) sessionStorage.removeItem(keptAs(performance));
    else sessionStorage.setItem(keptAs(performance), JSON.stringify(numbers));
  } catch {
    // Nothing is lost but the choice.
  }
}

/** What was chosen of a performance when this tab showed it last. */
export function keptChoice(performance: string): string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keptAs(performance)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((number) => typeof number === "string") : [];
  } catch {
    return [];
  }
}

function keptAs(performance: string): string {
  return `yemae:chosen:${performance}`;
}
