// Cancelling a paid order or seats of it. It may be repeated when no answer came.
import { answered, api, newKey, type Schemas } from "../../api/client.ts";
import { bearer } from "../accounts/session.svelte.ts";

/** What cancelling these seats would give back now. Throws Refused. */
export async function quoteOf(order: string, seats: string[]): Promise<Schemas["Quote"]> {
  const params = { path: { order_id: order }, query: { seats } };
  const call = { params, headers: await bearer() };
  return answered(api.GET("/v1/orders/{order_id}/cancellation", call));
}

/** Cancel seats for the fee of a quote, and for no other one. Throws Refused. Returns the act, so
 * that every repeat of it is the same cancellation. */
export function cancelling(order: string, seats: string[], fee: number): () => Promise<void> {
  const params = { path: { order_id: order }, header: { "Idempotency-Key": newKey() } };
  return async () => {
    const call = { params, body: { seats, fee }, headers: await bearer() };
    await answered(api.POST("/v1/orders/{order_id}/cancellation", call));
  };
}
