// Money, dates and numbers as each language writes them. Pure.
import type { Language } from "../words/language.ts";

const LOCALES: Record<Language, string> = { ko: "ko-KR", en: "en-GB" };
const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

/** An amount in the currency's minor unit: 66000 KRW → `66,000원`, `₩66,000`. */
export function money(amount: number, currency: string, language: Language): string {
  const format = numberFormat(language, { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 0;
  const whole = amount / 10 ** digits;
  if (currency === "KRW" && language === "ko") return `${count(whole, language)}원`;
  return format.format(whole);
}

/** `1,204`. */
export function count(number: number, language: Language): string {
  return numberFormat(language, {}).format(number);
}

/** `2030년 5월 3일 (금) 오후 8:00`. */
export function dateTime(iso: string, language: Language): string {
  return `${date(iso, language)} ${time(iso, language)}`;
}

/** `2030년 5월 3일 (금)`, `Fri, 3 May 2030`. */
export function date(iso: string, language: Language): string {
  const options = { year: "numeric", month: "short", day: "numeric", weekday: "short" } as const;
  return dateFormat(language, options).format(new Date(iso));
}

/** `오후 8:00`, `20:00`. */
export function time(iso: string, language: Language): string {
  const said = dateFormat(language, { hour: "numeric", minute: "2-digit" }).format(new Date(iso));
  // An hour is not to be torn from its half of the day at the end of a line.
  return said.replaceAll(" ", "\u00a0");
}

/** From the first day to the last, as short as it can be said. */
export function dateRange(first: string, last: string, language: Language): string {
  const format = dateFormat(language, { year: "numeric", month: "long", day: "numeric" });
  return format.formatRange(new Date(first), new Date(last));
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
