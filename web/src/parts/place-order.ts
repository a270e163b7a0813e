// Holding seats: the call, and what the seat map wants to know of its refusal.
import { answered, api, asRefused, newKey, type Refused, type Schemas } from "../api/client.ts";
import { inside, renewPass } from "../session/inside.svelte.ts";
import { bearer } from "../session/session.svelte.ts";

type Body = Schemas["PlaceOrder"];

/** An order, or why there is none. */
export type Placed =
  | { readonly order: string; readonly refused: null }
  | { readonly order: null; readonly refused: Refused };

/** Hold what the body names. Never throws. */
export async function placeOrder(concert: string, body: Body): Promise<Placed> {
  try {
    const header = { ...(await inside(concert)), "Idempotency-Key": newKey() };
    const order = await answered(api.POST("/v1/orders", { params: { header }, body }));
    // A hold makes the pass last as long as the hold does.
    void renewPass(concert).catch(() => null);
    return { order: order.id, refused: null };
  } catch (error) {
    return { order: null, refused: asRefused(error) };
  }
}

/** The seats that others were faster for, if that was the reason. */
export function seatsTaken(refused: Refused | null): readonly string[] {
  const seats = refused?.slug === "seat-taken" ? refused.problem?.["seats"] : [];
  return Array.isArray(seats) ? seats.filter((seat) => typeof seat === "string") : [];
}

/** How many seats of a performance the fan has already: paid for, or held and not run out. */
export async function seatsOwned(performance: string): Promise<number> {
  const headers = await bearer();
  const { orders } = await answered(api.GET("/v1/orders", { headers }));
  return orders
    .filter((order) => order.performance_id === performance)
    .filter(({ status }) => status === "paid" || status === "held")
    .reduce((sum, order) => sum + order.seats.length, 0);
}
