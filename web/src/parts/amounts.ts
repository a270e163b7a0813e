// Amounts to put into a wallet. Pure.

/** Round amounts that are offered, in the minor unit of a currency with so many digits. */
export function offered(digits: number): number[] {
  const unit = digits === 0 ? 10_000 : 10 * 10 ** digits;
  return [1, 5, 10, 30].map((times) => times * unit);
}

/** What a fan typed, in the minor unit; null if it is no amount. */
export function typed(text: string, digits: number): number | null {
  const number = Number(text.replace(/[,\s]/g, ""));
  const amount = Math.round(number * 10 ** digits);
  return text.trim() !== "" && Number.isSafeInteger(amount) && amount > 0 ? amount : null;
}

/** How many digits a currency has after the point. */
export function digitsOf(currency: string): number {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.resolvedOptions().maximumFractionDigits ?? 0;
}
