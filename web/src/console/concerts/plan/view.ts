// The camera over a plan that is drawn again and again: what is seen stays where it is on the screen,
// although each drawing is cropped to its content and has its origin elsewhere.
//
// Always holds: while a part is being pulled the camera stays as it is, whatever drawings come.
import { makePilot, type Pilot } from "../../../hall/pilot.ts";
import { type Point } from "../../../hall/shapes.ts";
import { toPlan, toScreen, type Camera } from "../../../hall/viewport.ts";
import type { Drawn } from "./drawn.ts";

type Hall = Pick<Drawn, "plan" | "origin">;

export interface View {
  readonly pilot: Pilot;
  /** The camera over a drawing. */
  over(hall: Hall): Camera;
  /** A point of the screen in the file's units. */
  toFile(at: Point): Point;
  /** A point in the file's units on the screen. */
  toScreen(point: Point): Point;
  /** Be over another drawing: with its limits, and with the same in sight. */
  take(hall: Hall): void;
}

export function makeView(first: Hall, isStill: () => boolean): View {
  let pilot = makePilot(first.plan, isStill);
  /** The origin of the drawing that the pilot is over. */
  let [x, y] = first.origin;

  return {
    get pilot() {
      return pilot;
    },
    over({ origin }) {
      const { camera } = pilot;
      return { ...camera, x: camera.x + origin[0] - x, y: camera.y + origin[1] - y };
    },
    toFile(at) {
      const [right, down] = toPlan(pilot.camera, pilot.size, at);
      return [right - x, down - y];
    },
    toScreen(point) {
      return toScreen(pilot.camera, pilot.size, [point[0] + x, point[1] + y]);
    },
    take(hall) {
      const { isWhole, size } = pilot;
      const wanted = this.over(hall);
      pilot = makePilot(hall.plan, isStill);
      [x, y] = hall.origin;
      if (size.width === 0) return;
      pilot.resize(size, null);
      if (!isWhole) lookAt(pilot, wanted);
    },
  };
}

/** Put a pilot over a point, as near as its limits allow. */
function lookAt(pilot: Pilot, wanted: Camera): void {
  const { width, height } = pilot.size;
  pilot.zoom(wanted.scale / pilot.camera.scale, [width / 2, height / 2]);
  const { camera } = pilot;
  pilot.pan((camera.x - wanted.x) * camera.scale, (camera.y - wanted.y) * camera.scale);
}
