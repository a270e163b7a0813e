// What pointers and the wheel do to an operators' map.
import { listen, type Meanings } from "../../hall/gestures.ts";
import type { Pilot } from "../../hall/pilot.ts";

interface Steered extends Pick<Meanings, "ontap" | "onhover"> {
  pilot(): Pilot;
  /** Let something move the camera, and draw it. */
  act(move: () => void): void;
}

/** Let gestures on an element steer its map; gives back how to stop. While lines are drawn on it, the
 * wheel zooms and nothing else moves. */
export function steer(element: HTMLElement, steered: Steered, isDrawing: boolean): () => void {
  const { pilot, act, ontap, onhover } = steered;
  const pans: Meanings = {
    onstart: () => pilot().stop(),
    onpan: (dx, dy) => act(() => pilot().pan(dx, dy)),
    onzoom: (factor, at) => act(() => pilot().zoom(factor, at)),
    onswipe: (swipe) => act(() => pilot().glide(swipe)),
    ondoubletap: () => undefined,
    ontap,
    onhover,
  };
  const nothing = (): void => undefined;
  const steady = { ...pans, onpan: nothing, onswipe: nothing, ontap: nothing };
  return listen(element, isDrawing ? steady : pans);
}
