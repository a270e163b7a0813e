// Paying by card: leave for the provider's page, come back, and learn what became of it.
//
// Always holds: `subject` is what is paid, the id of an order or `wallet`; the last card payment of
// each is kept in this browser until it is known, so that another tab or a reload asks, too.
import { answered, api, newKey, Refused, type Schemas } from "../../api/client.ts";
import { bearer } from "../accounts/session.svelte.ts";
import { consent } from "../consent/terms.svelte.ts";
import { contact } from "../orders/contact.svelte.ts";
import { inside } from "../queue/inside.svelte.ts";
import { keep, kept } from "../../browser/storage.ts";

/** How often, and in which steps, a payment that is not known yet is asked for. */
const TRIES = 60;
const STEP_MS = 2_000;
const METHOD = "card";

interface Known {
  readonly id: string;
  /** Whether the fan comes from the provider's page. */
  readonly cameBack: boolean;
}

/** Begin to pay an order. Returns the address of the provider's page. Throws Refused. */
export async function beginCheckout(order: Schemas["Order"]): Promise<string> {
  const header = { ...(await inside(order.concert_id)), "Idempotency-Key": newKey() };
  const params = { path: { order_id: order.id }, header };
  const body = { method: METHOD, ...consent(), ...contact() };
  return begun(
    order.id,
    await answered(api.POST("/v1/orders/{order_id}/checkouts", { params, body })),
  );
}

/** Begin to top up. Returns the address of the provider's page. Throws Refused; with the same key it
 * may be repeated. */
export async function beginTopUp(amount: number, key: string): Promise<string> {
  const params = { header: { "Idempotency-Key": key } };
  const call = { params, headers: await bearer(), body: { amount, method: METHOD } };
  return begun("wallet", await answered(api.POST("/v1/wallet/checkouts", call)));
}

function begun(subject: string, checkout: Schemas["Checkout"]): string {
  keep(keptAs(subject), checkout.id);
  return checkout.redirect_url ?? location.pathname;
}

/** The card payment to ask for when its subject is shown; null: none. */
export function checkoutOf(subject: string): Known | null {
  const named = new URLSearchParams(location.search).get("checkout");
  const id = named ?? kept(keptAs(subject));
  return id === null ? null : { id, cameBack: named !== null };
}

/** Ask until it is known; `waiting` is called each time that it is not. Returns whether it is paid;
 * false: the fan has not paid yet, or it still is not known. Throws Refused when it was declined. */
export async function learnCheckout(
  subject: string,
  { id, cameBack }: Known,
  waiting: () => void,
): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const state = await confirmed(subject, id);
    if (state === "paid") return true;
    if (state === "pending" && !cameBack) return false;
    waiting();
    await new Promise((done) => setTimeout(done, STEP_MS));
  }
  return false;
}

async function confirmed(subject: string, id: string): Promise<string> {
  const params = { path: { checkout_id: id } };
  const headers = await bearer();
  try {
    const answer = await answered(
      api.POST("/v1/checkouts/{checkout_id}/confirm", { params, headers }),
    );
    if ("state" in answer) return answer.state;
  } catch (error) {
    // Declined is an end; a call that got no answer may be repeated.
    if (error instanceof Refused && error.slug === "payment-declined") forget(subject);
    throw error;
  }
  forget(subject);
  return "paid";
}

/** It is known: a reload of the page asks no more. */
function forget(subject: string): void {
  keep(keptAs(subject), null);
  history.replaceState(history.state, "", location.pathname);
}

function keptAs(subject: string): string {
  return `checkout:${subject}`;
}
