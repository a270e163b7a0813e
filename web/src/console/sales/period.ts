// A time that was typed on the clocks of a venue, as a moment. Pure.
import type { Period } from "./money.ts";

/** The moment at which the clocks of a zone show this time (`2030-05-03T20:00`); without a zone, or
 * with one that the browser does not know, those of the reader. Null for no time. */
export function momentAt(typed: string, zone: string | null): string | null {
  if (typed === "") return null;
  const clocks = zone === null ? null : clocksOf(zone);
  if (clocks === null) return new Date(typed).toISOString();
  const shown = Date.parse(`${typed}Z`);
  // Once more with the offset of that moment: another one may hold by then.
  const near = shown - offsetAt(clocks, shown);
  return new Date(shown - offsetAt(clocks, near)).toISOString();
}

/** Whether a time ends before it begins, or as it does: nothing is in it. */
export function isBackwards({ since, until }: Period): boolean {
  return since !== null && until !== null && Date.parse(until) <= Date.parse(since);
}

function clocksOf(zone: string): Intl.DateTimeFormat | null {
  const two = "2-digit";
  const digits = { month: two, day: two, hour: two, minute: two, second: two } as const;
  try {
    const options = { timeZone: zone, hourCycle: "h23", year: "numeric", ...digits } as const;
    return new Intl.DateTimeFormat("en-US", options);
  } catch {
    return null; // A RangeError: there is no such zone here.
  }
}

/** How far the clocks are ahead of UTC at a moment, in milliseconds. */
function offsetAt(clocks: Intl.DateTimeFormat, moment: number): number {
  const parts = new Map(clocks.formatToParts(moment).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  const year = of("year").padStart(4, "0");
  const day = `${year}-${of("month")}-${of("day")}`;
  const shown = Date.parse(`${day}T${of("hour")}:${of("minute")}:${of("second")}Z`);
  return shown - Math.floor(moment / 1000) * 1000;
}
