// What waits for an operator, and the one safe thing to do about each. Calls throw Refused.
import { answered, api, type Schemas } from "../../api/client.ts";
import { headers } from "../shell/bearer.ts";

export type Trouble = Schemas["Trouble"];

/** What waits now. */
export function look(): Promise<Trouble> {
  return answered(api.GET("/v1/admin/trouble", { headers: headers() }));
}

/** Whether nothing waits, as far as that is known. */
export function isCalm(trouble: Trouble): boolean {
  const { payments, refunds, mails, webhooks, bells, laws, split_batches } = trouble;
  const known = [payments, refunds, mails, webhooks, bells, laws, split_batches];
  const lists = known.map((list) => list ?? []);
  return bells !== null && lists.every((list) => list.length === 0);
}

/** Ask the provider about a payment now. */
export async function lookUp(checkout_id: string, reason: string): Promise<void> {
  const params = { path: { checkout_id } };
  await answered(
    api.POST("/v1/admin/checkouts/{checkout_id}/look-up", {
      params,
      body: { reason },
      headers: headers(),
    }),
  );
}

/** Give a declined refund to the card once more. */
export async function retryRefund(refund_id: string): Promise<void> {
  const params = { path: { refund_id } };
  await answered(
    api.POST("/v1/admin/refunds/{refund_id}/retry", {
      params,
      body: { to: "source" },
      headers: headers(),
    }),
  );
}

/** Send a mail again; returns whether it had not been sent already. */
export async function sendAgain(mail_id: string): Promise<boolean> {
  const params = { path: { mail_id } };
  const asked = api.POST("/v1/admin/mails/{mail_id}/retry", { params, headers: headers() });
  return (await answered(asked)).due;
}

/** Switch a webhook on again. */
export async function enable(webhook_id: string): Promise<void> {
  const params = { path: { webhook_id } };
  await answered(
    api.PATCH("/v1/admin/webhooks/{webhook_id}", {
      params,
      body: { enabled: true },
      headers: headers(),
    }),
  );
}
