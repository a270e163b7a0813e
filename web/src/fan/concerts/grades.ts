// What is said of the dates of a concert and their grades, before the queue. Pure.
import type { Schemas } from "../../api/client.ts";

export type GradesOfDate = Schemas["GradesOfDate"];
type Date = Schemas["Date"];

/** From more dates than this, they are in a calendar. */
export const DATES_LISTED_MAX = 8;

/** What a date is to a fan who is not inside; null while nothing stands against it. */
export function whyNot(date: Date, grades: GradesOfDate | undefined): "begun" | "sold_out" | null {
  if (date.sale_is_over) return "begun";
  return grades?.sold_out ? "sold_out" : null;
}

/** The date that is shown first: the first one that can be booked, or else that is to come. */
export function firstOf(
  dates: readonly Date[],
  gradesOf: (date: Date) => GradesOfDate | undefined,
): Date | undefined {
  return (
    dates.find((date) => whyNot(date, gradesOf(date)) === null) ??
    dates.find((date) => !date.sale_is_over) ??
    dates.at(-1)
  );
}

/** How many seats are left, in words. A number is rounded down, so that it says "or more"; one is
 * one, because two would be said as two. */
export function leftWord(
  left: number,
  soldOut: boolean,
  words: {
    seatsLeft: (seats: string) => string;
    oneSeatLeft: string;
    noneLeft: string;
    soldOut: string;
  },
  count: (number: number) => string,
): string {
  if (left === 0) return soldOut ? words.soldOut : words.noneLeft;
  return left === 1 ? words.oneSeatLeft : words.seatsLeft(count(left));
}
