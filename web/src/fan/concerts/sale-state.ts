// What a concert's queue means for a fan who has no place in it. Pure.
import type { Schemas } from "../../api/client.ts";

type Queue = Pick<Schemas["Queue"], "state" | "queueing_method">;

/** Why a new fan cannot join now, as a word of the queue's states; null when they can. */
export function shutFor(queue: Queue | null): "sold_out" | "draining" | "closed" | null {
  if (queue === null) return null;
  const { state } = queue;
  if (state === "sold_out" || state === "draining" || state === "closed") return state;
  return queue.queueing_method === "reject" ? "draining" : null;
}
