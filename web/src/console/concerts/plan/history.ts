// What was, so that it can be undone and done again. Pure.

export interface History {
  readonly past: readonly string[];
  readonly now: string;
  readonly future: readonly string[];
}

/** How many steps can be undone. */
export const STEPS_MAX = 100;

export function begun(now: string): History {
  return { past: [], now, future: [] };
}

/** With another state; what had been undone cannot be done again then. */
export function recorded(history: History, now: string): History {
  if (now === history.now) return history;
  return { past: [...history.past, history.now].slice(-STEPS_MAX), now, future: [] };
}

/** One step back; the same where there is none. */
export function undone({ past, now, future }: History): History {
  const before = past.at(-1);
  if (before === undefined) return { past, now, future };
  return { past: past.slice(0, -1), now: before, future: [now, ...future] };
}

/** One step forth again. */
export function redone({ past, now, future }: History): History {
  const [after, ...rest] = future;
  if (after === undefined) return { past, now, future };
  return { past: [...past, now], now: after, future: rest };
}
