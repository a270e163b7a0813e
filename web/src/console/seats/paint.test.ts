import { describe, expect, test } from "vitest";
import type { Scene } from "../../hall/painting/scene.ts";
import { DARK, LIGHT } from "../../hall/painting/theme.ts";
import { readPlan } from "../../hall/plan.ts";
import { planAnswer } from "../../hall/testing.ts";
import { drawStates, PALETTES } from "./paint.ts";
import { BLOCKED, FREE, HELD, PAID, type States } from "./states.ts";

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

describe("far away", () => {
  const plan = readPlan(planAnswer([{ name: "A", grade: 0, rows: 2, seats: 40 }]));
  const of = Uint8Array.from(plan.x, (_, seat) => [PAID, HELD, BLOCKED, FREE][seat % 4]!);
  const holder = Int32Array.from(plan.x, () => 0);
  const states: States = { of, holder, held: [], blocked: [] };

  /** What is called on the canvas when seats are this many pixels apart. */
  function calls(pitch: number): string[] {
    const said: string[] = [];
    const ctx = new Proxy({} as CanvasRenderingContext2D, {
      get: (_, name) => () => void said.push(String(name)),
      set: () => true,
    });
    const scale = pitch / plan.pitch;
    const size = { width: 4000, height: 4000 };
    const scene = { plan, pitch, size, theme: LIGHT, camera: { x: 200, y: 60, scale } };
    drawStates(ctx, scene as unknown as Scene, states, new Set(), PALETTES.light);
    return said;
  }

  test("held seats are triangles and blocked ones crossed squares at any distance", () => {
    for (const pitch of [0.8, 2, 5, 9, 20]) {
      const said = calls(pitch);
      expect(said, String(pitch)).toContain("fill");
      expect(said, String(pitch)).toContain("strokeRect");
    }
  });

  test("a mark stands for several seats, and sold ones stay single", () => {
    const fills = (pitch: number): number => calls(pitch).filter((name) => name === "fill").length;
    expect(fills(9)).toBe(20);
    // A triangle has a rim of its own.
    expect(fills(2) / 2).toBeLessThan(20);
    // Sold seats, and the floor below each crossed square.
    const crossed = calls(2).filter((name) => name === "strokeRect").length;
    expect(calls(2).filter((name) => name === "fillRect").length).toBe(20 + crossed);
  });
});
