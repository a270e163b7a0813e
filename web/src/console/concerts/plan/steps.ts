// What a key does to the part that is being edited. Pure.
import type { Step } from "./parts.ts";

const FAR = 10;
const TURN = 5;
const BEND = 4;

/** The step of a key; finer ones with Shift. Null: it does nothing to a part. */
export function stepOf(key: string, isFine: boolean): Step | null {
  const far = isFine ? 1 : FAR;
  switch (key) {
    case "ArrowLeft":
      return { by: [-far, 0] };
    case "ArrowRight":
      return { by: [far, 0] };
    case "ArrowUp":
      return { by: [0, -far] };
    case "ArrowDown":
      return { by: [0, far] };
    // Shift makes other characters of these keys.
    case "[":
      return { turn: -TURN };
    case "]":
      return { turn: TURN };
    case "{":
      return { turn: -1 };
    case "}":
      return { turn: 1 };
    case ",":
      return { bend: -BEND };
    case ".":
      return { bend: BEND };
    case "<":
      return { bend: -1 };
    case ">":
      return { bend: 1 };
    default:
      return null;
  }
}
