// Months and weekdays as each language writes them, for calendars and filters. Pure.
//
// A day is "2030-05-03" and a month "2030-05", on the clocks of the place that they are of.
import { LOCALES } from "./format.ts";
import type { Language } from "./language.ts";

/** A week begins on Sunday (0) in Korea, on Monday (1) in Britain. */
const FIRST_DAY: Record<Language, 0 | 1> = { ko: 0, en: 1 };
/** A Sunday. */
const SUNDAY = Date.UTC(2023, 0, 1);
const DAY_MS = 86_400_000;

/** The day of a moment: of the place's clocks where it has an offset, else the reader's. */
export function dayOf(iso: string): string {
  if (!iso.endsWith("Z")) return iso.slice(0, 10);
  const moment = new Date(iso);
  const parts = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** The months from one to another, both included; at most `most` of them. */
export function monthsBetween(first: string, last: string, most: number): string[] {
  const months: string[] = [];
  for (let month = first; month <= last && months.length < most; month = after(month)) {
    months.push(month);
  }
  return months;
}

/** The weeks of a month, seven days each; null for the days of its neighbours. */
export function weeksOf(month: string, language: Language): (string | null)[][] {
  const [year, number] = month.split("-").map(Number) as [number, number];
  const first = new Date(Date.UTC(year, number - 1, 1));
  const days = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const before = (first.getUTCDay() - FIRST_DAY[language] + 7) % 7;
  const weeks: (string | null)[][] = [];
  for (let at = -before; at < days; at += 7) {
    weeks.push(Array.from({ length: 7 }, (_, i) => dayAt(month, at + i, days)));
  }
  return weeks;
}

/** `2030년 5월`, `May 2030`. */
export function monthName(month: string, language: Language): string {
  const options = { year: "numeric", month: "long", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(LOCALES[language], options).format(new Date(`${month}-01`));
}

/** `5월 3일 (금)`, `Fri, 3 May`. */
export function dayName(day: string, language: Language): string {
  const options = { month: "short", day: "numeric", weekday: "short", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(LOCALES[language], options).format(new Date(day));
}

/** The seven weekdays from the first on, short and in full. */
export function weekdays(language: Language): { short: string; long: string }[] {
  const name = (at: number, weekday: "short" | "long"): string =>
    new Intl.DateTimeFormat(LOCALES[language], { weekday, timeZone: "UTC" }).format(
      new Date(SUNDAY + at * DAY_MS),
    );
  return Array.from({ length: 7 }, (_, i) => {
    const at = i + FIRST_DAY[language];
    return { short: name(at, "short"), long: name(at, "long") };
  });
}

function after(month: string): string {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
}

function dayAt(month: string, at: number, days: number): string | null {
  return at < 0 || at >= days ? null : `${month}-${String(at + 1).padStart(2, "0")}`;
}
