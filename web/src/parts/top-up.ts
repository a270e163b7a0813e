// Putting money into the wallet. Safe to repeat: a key belongs to an amount until it is answered.
import { answered, api, newKey } from "../api/client.ts";
import { bearer } from "../session/session.svelte.ts";

let pending: { amount: number; key: string } | null = null;

/** Put an amount in, in the minor unit. Returns the balance after it. Throws Refused; the same
 * amount again then counts as the same top-up, whether or not the first got through. */
export async function topUp(amount: number): Promise<number> {
  pending = pending?.amount === amount ? pending : { amount, key: newKey() };
  const header = { "Idempotency-Key": pending.key };
  const call = { params: { header }, headers: await bearer(), body: { amount } };
  const done = await answered(api.POST("/v1/wallet/top-ups", call));
  pending = null;
  return done.balance;
}
