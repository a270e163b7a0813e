// What a change of the rate and the limit sends, so that it takes nothing back that another operator
// has set meanwhile. Pure.

const NAMES = ["admit_per_minute", "active_limit"] as const;
type Name = (typeof NAMES)[number];
export type Pace = Readonly<Record<Name, number>>;
export type Change = Partial<Record<Name, number>>;

/** What was typed (null: nothing) and is another value than that of now. */
export function changeOf(typed: Readonly<Record<Name, number | null>>, now: Pace): Change {
  const change: Change = {};
  for (const name of NAMES) {
    const value = typed[name];
    if (value !== null && value !== now[name]) change[name] = value;
  }
  return change;
}

/** What undoes a change: the values of before, but not where another one was set since. The change
 * itself may not have come back by the stream yet. */
export function backOf(change: Change, before: Pace, now: Pace): Change {
  const back: Change = {};
  for (const name of NAMES) {
    if (change[name] === undefined) continue;
    if ([change[name], before[name]].includes(now[name])) back[name] = before[name];
  }
  return back;
}
