import { describe, expect, it } from "vitest";
import { shortSpan, waitOf } from "./spans.ts";

const UNITS = { s: " s", m: " min", h: " h", d: " d" };

describe("a span", () => {
  it.each([
    [-500, "0 s"],
    [3_400, "3 s"],
    [99_000, "99 s"],
    [100_000, "2 min"],
    [7_200_000, "2 h"],
    [8_100_000, "2 h 15 min"],
    [259_200_000, "3 d"],
  ])("of %d ms is short", (ms, text) => {
    expect(shortSpan(ms, UNITS)).toBe(text);
  });
});

describe("a wait", () => {
  it.each([
    [0, "0:00"],
    [45.4, "0:45"],
    [725, "12:05"],
    [3_729, "1:02:09"],
  ])("of %d s is read as on a clock", (s, text) => {
    expect(waitOf(s)).toBe(text);
  });
});
