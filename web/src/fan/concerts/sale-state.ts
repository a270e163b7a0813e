// What a concert's queue means for a fan who has no place in it. Pure.
import type { Schemas } from "../../api/client.ts";

type Queue = Pick<Schemas["Queue"], "state" | "queueing_method">;

/** Before joining begins, the page is worth keeping open for this long. */
export const KEEP_OPEN_MS = 3_600_000;

/** When joining begins, on the venue's clocks where they are known; null when it has begun. */
export function joiningBegins(
  queue: Pick<Schemas["Queue"], "state" | "prequeue_opens_at" | "prequeue_opens_at_local"> | null,
): string | null {
  if (queue?.state !== "before_sale") return null;
  return queue.prequeue_opens_at_local ?? queue.prequeue_opens_at ?? null;
}

/** Whether a fan may keep the page open until this moment. */
export function isWorthWaiting(until: string, now: number): boolean {
  return Date.parse(until) - now <= KEEP_OPEN_MS;
}

/** Why a new fan cannot join now, as a word of the queue's states; null when they can. */
export function shutFor(queue: Queue | null): "sold_out" | "draining" | "closed" | null {
  if (queue === null) return null;
  const { state } = queue;
  if (state === "sold_out" || state === "draining" || state === "closed") return state;
  return queue.queueing_method === "reject" ? "draining" : null;
}

/** Clocks of the server and of the page may differ by this much. */
const CLOCKS_MS = 2_000;

/** What a concert's sale is to a fan. A queue that is open before the general sale is a presale. */
export type Sale =
  "soon" | "presale" | "on_sale" | "paused" | "draining" | "sold_out" | "over" | "cancelled";

type Times = Pick<Schemas["ListedConcert"], "next_opening_at" | "last_performance_at"> &
  Partial<Pick<Schemas["ListedConcert"], "schedule">>;

/** How long it is until a concert opens next, in milliseconds; 0 when it has opened. */
export function untilOpening({ next_opening_at }: Pick<Times, "next_opening_at">, now: number) {
  return next_opening_at ? Math.max(0, Date.parse(next_opening_at) - now) : 0;
}

/** The state of the sale of a concert, from its queue and its times. */
export function saleOf(queue: Queue, times: Times, now: number): Sale {
  if (times.schedule === "cancelled") return "cancelled";
  if (Date.parse(times.last_performance_at) <= now) return "over";
  const shut = shutFor(queue);
  if (shut !== null) return shut === "closed" ? "over" : shut;
  if (queue.state === "paused") return "paused";
  const left = untilOpening(times, now);
  if (queue.state === "open") return left > CLOCKS_MS ? "presale" : "on_sale";
  return left > 0 ? "soon" : "on_sale";
}
