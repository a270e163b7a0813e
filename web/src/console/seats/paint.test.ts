import { expect, test } from "vitest";
import { DARK, LIGHT } from "../../hall/painting/theme.ts";
import { PALETTES } from "./paint.ts";

function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high! + 0.05) / (low! + 0.05);
}

test.each([
  ["light", LIGHT],
  ["dark", DARK],
] as const)("every state stands out on the %s map", (name, theme) => {
  for (const color of Object.values(PALETTES[name])) {
    expect(contrast(color, theme.floor), color).toBeGreaterThanOrEqual(3);
  }
});
