// Putting money into the wallet. Safe to repeat: the same key is the same top-up.
import { answered, api, type Schemas } from "../../api/client.ts";
import { bearer } from "../accounts/session.svelte.ts";

/** Put an amount in, in the minor unit. Throws Refused; with the same key it may be repeated,
 * whether or not the first got through. */
export async function topUp(amount: number, key: string): Promise<void> {
  const params = { header: { "Idempotency-Key": key } };
  const call = { params, headers: await bearer(), body: { amount } };
  await answered(api.POST("/v1/wallet/top-ups", call));
}

/** Top up what an order lacks. The key follows from the order, so that no other tab and no reload
 * tops up for it a second time. Throws Refused. */
export async function topUpFor(order: Schemas["Order"], missing: number): Promise<void> {
  await topUp(missing, `${order.id}:${missing}`);
}
