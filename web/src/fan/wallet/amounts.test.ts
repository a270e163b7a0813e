import { describe, expect, it } from "vitest";
import { digitsOf, offered, typed } from "./amounts.ts";

it("round amounts are offered in the currency's unit", () => {
  expect(offered(digitsOf("KRW"))).toEqual([10_000, 50_000, 100_000, 300_000]);
  expect(offered(digitsOf("EUR"))[0]).toBe(1000);
});

it("the digits of a currency are those of ISO 4217, not what is usual", () => {
  expect(["HUF", "IQD", "KWD", "JPY"].map(digitsOf)).toEqual([2, 3, 3, 0]);
});

describe("what a fan types", () => {
  it("is read as it is written in Korean and English", () => {
    const amounts = (texts: string[], digits: number) =>
      texts.map((text) => typed(text, digits).amount);
    expect(amounts(["50,000", "50000", " 7 ", "1,234,567", "１２３"], 0)).toEqual([
      50_000, 50_000, 7, 1_234_567, 123,
    ]);
    expect(amounts([" 12.50 ", "12.5", "12", "1,250", "1,250.00", "0.05"], 2)).toEqual([
      1250, 1250, 1200, 125_000, 125_000, 5,
    ]);
  });

  it.each([
    ["12,50", 2],
    ["1.250,00", 2],
    ["1.250", 2],
    ["10.000", 0],
    ["12,345.5", 0],
    ["12.5", 0],
    ["0x10", 2],
    ["1e5", 0],
    ["1e5", 2],
    ["12.345", 2],
    ["1,25,000", 2],
    ["1 000", 0],
    ["-5", 0],
    ["+5", 0],
    ["0", 0],
    ["0.00", 2],
    ["Infinity", 0],
    ["१२", 0],
    ["1,250", 3],
    ["99999999999999999", 0],
    ["₩5000", 0],
    [".5", 2],
    ["5.", 2],
  ])("%s is no amount with %i digits", (text, digits) => {
    expect(typed(text, digits)).toEqual({ amount: null, why: "unclear" });
  });

  it("may be nothing yet", () => {
    expect(typed("  ", 0)).toEqual({ amount: null, why: "empty" });
  });
});
