// Spans of time as a fan reads them. Pure.

export interface Span {
  readonly days: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span in parts. It is rounded up, so that a countdown shows 0 only when it is over. */
export function span(ms: number): Span {
  const left = Math.max(0, Math.ceil(ms / SECOND)) * SECOND;
  return {
    days: Math.floor(left / DAY),
    hours: Math.floor((left % DAY) / HOUR),
    minutes: Math.floor((left % HOUR) / MINUTE),
    seconds: Math.floor((left % MINUTE) / SECOND),
  };
}

/** `4:05`, `1:02:09`: a clock that runs down. */
export function clock(ms: number): string {
  const { days, hours, minutes, seconds } = span(ms);
  const two = (number: number): string => String(number).padStart(2, "0");
  const whole = days * 24 + hours;
  return whole > 0 ? `${whole}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** `PT4M5S`, for the `datetime` of a `<time>`. */
export function isoDuration(ms: number): string {
  const { days, hours, minutes, seconds } = span(ms);
  return `P${days}DT${hours}H${minutes}M${seconds}S`;
}

/** The server's clock less ours, from the `Date` of an answer. A header has whole seconds and an
 * answer takes time, so small differences mean nothing and count as none. */
export function clockOffset(date: string | null, nowMs: number): number | null {
  const said = date === null ? NaN : Date.parse(date);
  if (Number.isNaN(said)) return null;
  const offset = said + SECOND / 2 - nowMs;
  return Math.abs(offset) < 2 * SECOND ? 0 : Math.round(offset);
}
