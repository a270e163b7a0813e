import { expect, it } from "vitest";
import { digitsOf, offered, typed } from "./amounts.ts";

it("round amounts are offered in the currency's unit", () => {
  expect(offered(digitsOf("KRW"))).toEqual([10_000, 50_000, 100_000, 300_000]);
  expect(offered(digitsOf("EUR"))[0]).toBe(1000);
});

it("what is typed becomes an amount, or nothing", () => {
  expect(typed("50,000", 0)).toBe(50_000);
  expect(typed(" 12.50 ", 2)).toBe(1250);
  for (const nothing of ["", "  ", "abc", "0", "-5", "1e99"]) expect(typed(nothing, 0)).toBeNull();
});
