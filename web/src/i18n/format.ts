// Money, dates and numbers as each language writes them. Pure.
import { DIGITS } from "./currencies.ts";
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

// A moment with an offset (`…+09:00`) is shown on the clocks of that place, and which clocks these
// are is said when the reader's own show something else. A moment in UTC (`…Z`) is the reader's own.

/** `2030년 5월 3일 (금) 오후 8:00`, `… 오후 8:00 (현지 시각, UTC+9)`. */
export function dateTime(iso: string, language: Language): string {
  return `${date(iso, language)} ${time(iso, language)}`;
}

/** `2030년 5월 3일 (금)`, `Fri, 3 May 2030`. */
export function date(iso: string, language: Language): string {
  const options = { year: "numeric", month: "short", day: "numeric", weekday: "short" } as const;
  const [shown, zone] = onClocks(iso);
  return dateFormat(language, { ...options, ...zone }).format(shown);
}

/** `오후 8:00`, `20:00`, `20:00 (venue time, UTC+9)`. */
export function time(iso: string, language: Language): string {
  const [shown, zone] = onClocks(iso);
  const options = { hour: "numeric", minute: "2-digit", ...zone } as const;
  const said = dateFormat(language, options).format(shown);
  // An hour is not to be torn from its half of the day at the end of a line.
  return said.replaceAll(" ", "\u00a0") + clocksOf(iso, language);
}

const OFFSET = /([+-])(\d\d):(\d\d)$/;

/** What to format, and in which zone, to show the place's own clocks. */
function onClocks(iso: string): [Date, { timeZone?: string }] {
  if (!OFFSET.test(iso)) return [new Date(iso), {}];
  return [new Date(iso.replace(OFFSET, "Z")), { timeZone: "UTC" }];
}

/** Which clocks are shown, if the reader's own show something else at that moment. */
function clocksOf(iso: string, language: Language): string {
  const [, sign, hours, minutes] = OFFSET.exec(iso) ?? [];
  if (sign === undefined) return "";
  const offset = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
  if (offset === -new Date(iso).getTimezoneOffset()) return "";
  const zone = `UTC${sign}${Number(hours)}${minutes === "00" ? "" : `:${minutes}`}`;
  return language === "ko" ? ` (현지 시각, ${zone})` : ` (venue time, ${zone})`;
}

/** From the first day to the last, as short as it can be said. */
export function dateRange(first: string, last: string, language: Language): string {
  const [from, zone] = onClocks(first);
  const [to] = onClocks(last);
  const options = { year: "numeric", month: "long", day: "numeric", ...zone } as const;
  return dateFormat(language, options).formatRange(from, to);
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
