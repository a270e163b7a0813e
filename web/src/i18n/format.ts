// Money, dates and numbers as each language writes them. Pure.
import { DIGITS } from "./currencies.ts";
import { reading, readersOwn, type Reading } from "./clocks.ts";
import type { Language } from "./language.ts";

export const LOCALES: Record<Language, string> = { ko: "ko-KR", en: "en-GB" };
const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

/** An amount in the currency's minor unit: 66000 KRW → `66,000원`, `₩66,000`. */
export function money(amount: number, currency: string, language: Language): string {
  // Intl leaves the digits of some currencies out (HUF, IQD) that the server counts in.
  const digits = DIGITS[currency] ?? 2;
  const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const format = numberFormat(language, { style: "currency", currency, ...exact });
  const whole = amount / 10 ** digits;
  if (currency === "KRW" && language === "ko") return `${count(whole, language)}원`;
  return format.format(whole);
}

/** `1,204`. */
export function count(number: number, language: Language): string {
  return numberFormat(language, {}).format(number);
}

// A moment of a venue is shown on the venue's clocks. Where the reader's own show something else, the
// venue's are named, and the reader's follow.

const DAY = { year: "numeric", month: "short", day: "numeric", weekday: "short" } as const;
const SHORT_DAY = { month: "short", day: "numeric", weekday: "short" } as const;
const HOUR = { hour: "numeric", minute: "2-digit" } as const;
const HOUR_MS = 3_600_000;

type Zone = string | null | undefined;

/** `2030년 5월 3일 (금) 오후 8:00`, `… 오후 8:00 KST · 내 시간 오전 7:00`. */
export function dateTime(iso: string, language: Language, zone?: Zone): string {
  return `${date(iso, language, zone)} ${time(iso, language, zone)}`;
}

/** `2030년 5월 3일 (금)`, `Fri, 3 May 2030`. */
export function date(iso: string, language: Language, zone?: Zone): string {
  return on(reading(iso, zone), DAY, language);
}

/** `오후 8:00`, `20:00`, `20:00 KST · 7:00 your time`. */
export function time(iso: string, language: Language, zone?: Zone): string {
  const venue = reading(iso, zone);
  const own = readersOwn(iso);
  const hour = unbroken(on(venue, HOUR, language));
  if (venue.name === null) return hour;
  const isOwnDay = on(venue, DAY, language) === on(own, DAY, language);
  const ownHour = unbroken(on(own, HOUR, language));
  if (isOwnDay && hour === ownHour)
    return isTwice(venue, language) ? `${hour}\u00a0${venue.name}` : hour;
  const reader = isOwnDay ? ownHour : `${unbroken(on(own, SHORT_DAY, language))} ${ownHour}`;
  const said = language === "ko" ? `내 시간 ${reader}` : `${reader} your time`;
  return `${hour}\u00a0${venue.name} · ${said}`;
}

/** From the first day to the last, as short as it can be said. */
export function dateRange(first: string, last: string, language: Language, zone?: Zone): string {
  const [from, to] = [reading(first, zone), reading(last, zone)];
  const options = {
    year: "numeric",
    month: "long",
    day: "numeric",
    timeZone: from.timeZone,
  } as const;
  return dateFormat(language, options).formatRange(from.shown, to.shown);
}

function on(read: Reading, options: Intl.DateTimeFormatOptions, language: Language): string {
  return dateFormat(language, { ...options, timeZone: read.timeZone }).format(read.shown);
}

/** Whether the clocks show this hour of the day a second time, because they are set back. */
function isTwice(read: Reading, language: Language): boolean {
  const hour = on(read, HOUR, language);
  return [-HOUR_MS, HOUR_MS].some((ms) => {
    const other = new Date(read.shown.getTime() + ms);
    return on({ ...read, shown: other }, HOUR, language) === hour;
  });
}

/** An hour is not to be torn from its half of the day at the end of a line. */
function unbroken(said: string): string {
  return said.replaceAll(" ", "\u00a0");
}

function numberFormat(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${language}${JSON.stringify(options)}`;
  const made = cache.get(key) ?? new Intl.NumberFormat(LOCALES[language], options);
  cache.set(key, made);
  return made as Intl.NumberFormat;
}

function dateFormat(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${language}${JSON.stringify(options)}`;
  const made = cache.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], options);
  cache.set(key, made);
  return made as Intl.DateTimeFormat;
}
