import { describe, expect, it } from "vitest";
import { makePilot } from "./pilot.ts";
import { planOf } from "./testing.ts";
import { toScreen } from "./viewport.ts";

const plan = planOf({ name: "F", grade: 0, rows: 6, seats: 10 });
const PHONE = { width: 390, height: 500 };

/** Where a seat is on the screen, when the map begins at `top`. */
function place(pilot: ReturnType<typeof makePilot>, seat: number, top: number): number[] {
  const [x, y] = toScreen(pilot.camera, pilot.size, [plan.x[seat]!, plan.y[seat]!]);
  return [x, y + top].map((at) => Math.round(at * 100) / 100);
}

describe("a map whose surroundings change", () => {
  it.each([
    ["a strip that comes above it", 40, 460, 40],
    ["a strip that comes below it", 0, 407, 0],
    ["a strip that goes away", -40, 540, -40],
  ])("keeps its seats where they are under %s", (_, top, height) => {
    const pilot = makePilot(plan, () => true);
    pilot.resize(PHONE, null);
    const before = place(pilot, 5, 0);
    const shift = top + height / 2 - PHONE.height / 2;
    pilot.resize({ width: 390, height }, [0, shift]);
    expect(place(pilot, 5, top)).toEqual(before);
  });

  it("stays where it is at the next pan, too", () => {
    const pilot = makePilot(plan, () => true);
    pilot.resize(PHONE, null);
    const { scale } = pilot.camera;
    pilot.resize({ width: 390, height: 700 }, [0, 100]);
    pilot.pan(1, 0);
    expect(pilot.camera.scale).toBe(scale);
  });

  it("shows the whole plan again in another window", () => {
    const pilot = makePilot(plan, () => true);
    pilot.resize(PHONE, null);
    pilot.resize({ width: 844, height: 250 }, null);
    expect(pilot.isWhole).toBe(true);
  });
});
