// What a rate and a limit would do, before they are set. Pure.
//
// Fans inside make room when they leave; by Little's law their stay is the fans inside over the
// admissions a minute. A limit therefore lets in at most limit ÷ stay, whatever the rate.

export interface Known {
  /** Fans in line who are there. */
  readonly present: number;
  readonly active: number;
  /** Admissions a minute of late. */
  readonly admittedPerMinute: number;
  readonly admitted: number;
  readonly sold: number;
  /** Seats that are not sold; null where that is not known. */
  readonly seatsLeft: number | null;
}

export interface Forecast {
  /** Admissions a minute. */
  readonly perMinute: number;
  /** Which of the two holds it back. */
  readonly boundBy: "rate" | "limit";
  /** Until the last fan who is in line now is in; null: never at this rate. */
  readonly emptyInMinutes: number | null;
  /** Until the last seat is sold; null: not by the fans in line, or not known. */
  readonly soldOutInMinutes: number | null;
}

/** Of fans of whom nothing is known yet. */
const STAY_MINUTES = 5;
const ADMITTED_TO_KNOW = 20;

/** What these settings would do from now on. */
export function forecast(known: Known, perMinute: number, limit: number): Forecast {
  const isKnown = known.admittedPerMinute > 0 && known.active > 0;
  const stay = isKnown ? known.active / known.admittedPerMinute : STAY_MINUTES;
  const room = Math.max(0, limit - known.active);
  const byLimit = limit / stay;
  // Free room fills at the full rate first; a line that fits into it never meets the limit.
  const isRate = perMinute <= byLimit || known.present <= room;
  const rate = isRate ? perMinute : byLimit;
  const after = isRate ? known.present : Math.max(0, known.present - room);
  const before = isRate ? 0 : room / perMinute;
  const emptyInMinutes = rate > 0 ? before + after / rate : null;
  const perFan = known.admitted >= ADMITTED_TO_KNOW ? known.sold / known.admitted : null;
  return {
    perMinute: Math.round(rate),
    boundBy: isRate ? "rate" : "limit",
    emptyInMinutes,
    soldOutInMinutes: soldOut(known, rate, perFan, emptyInMinutes),
  };
}

function soldOut(
  known: Known,
  rate: number,
  perFan: number | null,
  emptyInMinutes: number | null,
): number | null {
  if (known.seatsLeft === null || perFan === null || perFan <= 0 || rate <= 0) return null;
  const minutes = known.seatsLeft / (rate * perFan);
  return emptyInMinutes !== null && minutes > emptyInMinutes ? null : minutes;
}
