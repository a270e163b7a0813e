// On which clocks a moment is shown: those of its venue, by the name of their zone or with one
// offset, or the reader's own. Pure but for the reader's zone, which the browser knows.

/** What to format, and in which zone; `name` is that of the venue's clocks, null for the reader's. */
export interface Reading {
  readonly shown: Date;
  readonly timeZone: string;
  readonly name: string | null;
}

const OFFSET = /([+-])(\d\d):(\d\d)$/;
const MINUTE_MS = 60_000;
/** What people call these clocks, where browsers know only how far they are from UTC. */
const NAMES: Record<string, string> = { "Asia/Seoul": "KST", "Asia/Tokyo": "JST" };
/** Each knows the names of its own part of the world. */
const NAMING = ["en-US", "en-GB", "en-AU"];

/**
 * How to show a moment. With the zone of a venue (`Asia/Seoul`) it is on that venue's clocks; else a
 * moment with an offset (`…+09:00`) is on clocks with this offset, and one in UTC (`…Z`) on the
 * reader's own. A zone that the browser does not know counts as none.
 */
export function reading(iso: string, zone: string | null | undefined): Reading {
  const moment = new Date(iso);
  const named = zone ? nameOf(zone, moment) : null;
  if (zone && named !== null) return { shown: moment, timeZone: zone, name: named };
  const [, sign, hours, minutes] = OFFSET.exec(iso) ?? [];
  if (sign === undefined) return readersOwn(iso);
  // As if these were the clocks of UTC, which every browser has.
  const shown = new Date(iso.replace(OFFSET, "Z"));
  const name = `UTC${sign}${Number(hours)}${minutes === "00" ? "" : `:${minutes}`}`;
  return { shown, timeZone: "UTC", name };
}

/** How to show a moment on the reader's clocks. */
export function readersOwn(iso: string): Reading {
  const moment = new Date(iso);
  const shown = new Date(moment.getTime() - moment.getTimezoneOffset() * MINUTE_MS);
  return { shown, timeZone: "UTC", name: null };
}

/** A moment in UTC with the offset of another one: on the same venue's clocks, if they have one. */
export function withOffsetOf(local: string | null, iso: string): string {
  const [offset, sign, hours, minutes] = OFFSET.exec(local ?? "") ?? [];
  if (offset === undefined) return iso;
  const ahead = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
  return new Date(Date.parse(iso) + ahead * MINUTE_MS).toISOString().replace("Z", offset);
}

/** What names a zone in each part of the world; empty for a zone that the browser does not know. */
const namers = new Map<string, Intl.DateTimeFormat[]>();

function namersOf(zone: string): Intl.DateTimeFormat[] {
  const kept = namers.get(zone);
  if (kept !== undefined) return kept;
  let made: Intl.DateTimeFormat[] = [];
  try {
    const options = { timeZone: zone, timeZoneName: "short" } as const;
    made = NAMING.map((locale) => new Intl.DateTimeFormat(locale, options));
  } catch {
    // A RangeError: there is no such zone here.
  }
  namers.set(zone, made);
  return made;
}

/** `KST`, `EDT`, `CEST`, or else `UTC+8`; null for a zone that the browser does not know. */
function nameOf(zone: string, moment: Date): string | null {
  const names = namersOf(zone).map((namer) => {
    const part = namer.formatToParts(moment).find(({ type }) => type === "timeZoneName");
    return part?.value ?? "UTC";
  });
  const own = NAMES[zone] ?? names.find((name) => !/^GMT[+-]/.test(name));
  return own ?? names[0]?.replace("GMT", "UTC") ?? null;
}
