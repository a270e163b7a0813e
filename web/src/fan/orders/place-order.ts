// Holding seats: the call, and what the seat map wants to know of its refusal.
import { answered, api, asRefused, newKey, type Refused, type Schemas } from "../../api/client.ts";
import { allOrders, isHeld } from "./all-orders.ts";
import { nextAfter } from "../calls/next.ts";
import { inside, renewPass } from "../queue/inside.svelte.ts";
import { learnHolds } from "./holds.svelte.ts";

type Body = Schemas["PlaceOrder"];

/** An order, or why there is none. */
export type Placed =
  | { readonly order: string; readonly refused: null; readonly isOver: boolean }
  | { readonly order: null; readonly refused: Refused; readonly isOver: false };

/** A hold whose answer was lost may be there: the same wish again has the same key. */
let unanswered: { readonly wish: string; readonly key: string } | null = null;

/** Hold what the body names. A lost answer is retried once, because the seats may be held by then, and
 * would look like another fan's. Never throws. */
export async function placeOrder(concert: string, body: Body): Promise<Placed> {
  const wish = JSON.stringify(body);
  unanswered = unanswered?.wish === wish ? unanswered : { wish, key: newKey() };
  const { key } = unanswered;
  let placed = await placeOnce(concert, body, key);
  if (isLost(placed.refused)) placed = await placeOnce(concert, body, key);
  // The same wish was granted before, and its seats are free or another fan's by now.
  if (placed.isOver) placed = await placeOnce(concert, body, newKey());
  // A server whose store is away may not know either.
  if (!placed.refused || nextAfter(placed.refused.slug) !== "retry") unanswered = null;
  return placed;
}

async function placeOnce(concert: string, body: Body, key: string): Promise<Placed> {
  try {
    const header = { ...(await inside(concert)), "Idempotency-Key": key };
    const order = await answered(api.POST("/v1/orders", { params: { header }, body }));
    // A hold makes the pass last as long as the hold does.
    void renewPass(concert).catch(() => null);
    learnHolds([order]);
    const isOver = order.status === "released" || order.status === "expired";
    return { order: order.id, refused: null, isOver };
  } catch (error) {
    return { order: null, refused: asRefused(error), isOver: false };
  }
}

/** Whether there was no answer of the server's. */
function isLost(refused: Refused | null): boolean {
  return refused?.slug === "unreachable" || refused?.slug === "unreadable";
}

/** The seats that others were faster for, if that was the reason. */
export function seatsTaken(refused: Refused | null): readonly string[] {
  const seats = refused?.slug === "seat-taken" ? refused.problem?.["seats"] : [];
  return Array.isArray(seats) ? seats.filter((seat) => typeof seat === "string") : [];
}

/** The numbers of the seats that the fan has of a performance: paid for, or held and not run out. */
export async function seatsOwned(performance: string): Promise<string[]> {
  const orders = await allOrders();
  learnHolds(orders);
  return orders
    .filter((order) => order.performance_id === performance)
    .filter((order) => order.status === "paid" || isHeld(order))
    .flatMap((order) => order.seats.map(({ number }) => number));
}
