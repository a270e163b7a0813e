// Amounts to put into a wallet. Pure.
import { DIGITS } from "../../i18n/currencies.ts";

/** Round amounts that are offered, in the minor unit of a currency with these `digits`. */
export function offered(digits: number): number[] {
  const unit = digits === 0 ? 10_000 : 10 * 10 ** digits;
  return [1, 5, 10, 30].map((times) => times * unit);
}

/** What a fan typed: an amount in the minor unit, nothing yet, or something that is no amount here
 * or could be another one somewhere else. */
export type Typed =
  { readonly amount: number } | { readonly amount: null; readonly why: "empty" | "unclear" };

const EMPTY: Typed = { amount: null, why: "empty" };
const UNCLEAR: Typed = { amount: null, why: "unclear" };

/** Read it as Korean and English write numbers: a comma between thousands and a point before what is
 * less than one. A reading by the other custom that is an amount as well makes it unclear, and so
 * does everything else, such as `12,50`, `1.250,00` or `1e5`: money is never guessed. */
export function typed(text: string, digits: number): Typed {
  // Digits of a Korean or Japanese keyboard are digits, too; spaces do not stand inside a number.
  const plain = text.normalize("NFKC").trim();
  if (plain === "") return EMPTY;
  const ours = read(plain, ",", ".", digits);
  const theirs = read(plain, ".", ",", digits);
  if (ours === null || (theirs !== null && theirs !== ours)) return UNCLEAR;
  return { amount: ours };
}

function read(text: string, group: string, point: string, digits: number): number | null {
  const [whole = "", fraction, ...more] = text.split(point);
  if (more.length > 0 || !isWhole(whole, group)) return null;
  if (fraction !== undefined && (!/^\d+$/.test(fraction) || fraction.length > digits)) return null;
  const minor = whole.split(group).join("") + (fraction ?? "").padEnd(digits, "0");
  const amount = Number(minor);
  return Number.isSafeInteger(amount) && amount > 0 ? amount : null;
}

/** Digits alone, or in groups of three. */
function isWhole(text: string, group: string): boolean {
  const [first = "", ...groups] = text.split(group);
  if (groups.length === 0) return /^\d+$/.test(first);
  return /^[1-9]\d{0,2}$/.test(first) && groups.every((three) => /^\d{3}$/.test(three));
}

/** How many digits a currency has after the point (ISO 4217). */
export function digitsOf(currency: string): number {
  return DIGITS[currency] ?? 2;
}
