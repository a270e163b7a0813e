import { describe, expect, it } from "vitest";
import { lettersOf, symbolsOf } from "./symbols.ts";
import { DARK, gradeColors, LIGHT } from "./theme.ts";

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/** As WCAG 2 defines it. */
function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].slice().sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

describe.each([
  ["light", LIGHT],
  ["dark", DARK],
] as const)("the %s colours", (_, theme) => {
  it("tell grades from what they stand on, and letters from grades", () => {
    for (const { fill, on } of theme.grades) {
      expect(contrast(fill, theme.floor)).toBeGreaterThanOrEqual(3);
      expect(contrast(fill, theme.paper)).toBeGreaterThanOrEqual(3);
      expect(contrast(fill, on)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("make words readable wherever they stand", () => {
    const pairs = [
      [theme.ink, theme.paper],
      [theme.quiet, theme.paper],
      [theme.quiet, theme.floor],
      [theme.onStage, theme.stage],
      [theme.onGone, theme.gone],
      [theme.onOwn, theme.own],
    ] as const;
    for (const [word, ground] of pairs) expect(contrast(word, ground)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme.focus, theme.floor)).toBeGreaterThanOrEqual(3);
    expect(contrast(theme.own, theme.floor)).toBeGreaterThanOrEqual(3);
  });

  it("repeat when there are more grades than colours", () => {
    expect(gradeColors(theme, theme.grades.length + 1)).toBe(theme.grades[1]);
  });
});

describe("symbols", () => {
  it("have a letter of their own for each grade", () => {
    expect(lettersOf(["VIP", "R", "S", "A"])).toEqual(["V", "R", "S", "A"]);
    expect(lettersOf(["Stalls", "Standing", "Side"])).toEqual(["1", "2", "3"]);
    expect(lettersOf(["Circle", "Cellar"])).toEqual(["CI", "CE"]);
  });

  it("have a shape of their own for each of the first eight grades", () => {
    const grades = Array.from({ length: 8 }, (_, color) => ({
      name: `${color}`,
      price: 1,
      color,
      types: [],
    }));
    expect(new Set(symbolsOf(grades, false).map(({ path }) => path)).size).toBe(8);
  });

  it("have letters of the language that is read", () => {
    const grades = [
      { name: "스탠딩", nameEn: "Pit", price: 1, color: 0, types: [] },
      { name: "R", price: 1, color: 1, types: [] },
    ];
    expect(symbolsOf(grades, true).map(({ letter }) => letter)).toEqual(["P", "R"]);
    expect(symbolsOf(grades, false).map(({ letter }) => letter)).toEqual(["스", "R"]);
  });
});
