// Paying for an order and giving it back. Both may be repeated when no answer came.
import { answered, api, newKey, type Schemas } from "../../api/client.ts";
import { consent } from "../consent/terms.svelte.ts";
import { contact } from "./contact.svelte.ts";
import { inside } from "../queue/inside.svelte.ts";
import { endPass } from "../queue/passes.svelte.ts";
import { bearer, session } from "../accounts/session.svelte.ts";
import { keep, kept } from "../../browser/storage.ts";

/** Pay a held order; the pass ends with it. Throws Refused. A repeat, also after a reload, is the
 * same payment. */
export async function payOrder(order: Schemas["Order"]): Promise<void> {
  const name = keptAs(order);
  const key = kept(name) ?? newKey();
  keep(name, key);
  const params = {
    path: { order_id: order.id },
    header: { ...(await inside(order.concert_id)), "Idempotency-Key": key },
  };
  const body = { ...consent(), ...contact() };
  await answered(api.POST("/v1/orders/{order_id}/payment", { params, body }));
  endPayment(order);
}

/** The order is paid: forget what it took. */
export function endPayment(order: Schemas["Order"]): void {
  keep(keptAs(order), null);
  keep(paidAs(order.concert_id), order.id);
  endPass(order.concert_id);
}

/** The order that this fan paid last for a concert, or null. */
export function paidFor(concert: string): string | null {
  return kept(paidAs(concert));
}

function paidAs(concert: string): string {
  return `paid:${session()?.userId ?? ""}:${concert}`;
}

function keptAs(order: Schemas["Order"]): string {
  return `payment:${order.id}`;
}

/** Give a held order back. Throws Refused. */
export async function releaseOrder(id: string): Promise<void> {
  const params = { path: { order_id: id } };
  await answered(api.DELETE("/v1/orders/{order_id}", { params, headers: await bearer() }));
}
