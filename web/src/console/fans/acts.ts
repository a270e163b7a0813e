// The calls on fans and their orders. Each throws Refused.
import { answered, api, newKey, type Schemas } from "../../api/client.ts";
import { headers } from "../shell/bearer.ts";

export type FoundFan = Schemas["FoundFan"];
export type Fan = Schemas["Fan"];
export type Person = Schemas["RevealedFan"];
export type FoundOrder = Schemas["FoundOrder"];
type AdminOrder = Schemas["AdminOrder"];
/** What waits for a second operator. */
type Proposed = Schemas["Proposed"];

/** Fans by what they say; `line` is the queue in which a queue number is looked for, too. */
export async function find(q: string, line: string): Promise<FoundFan[]> {
  const query = line === "" ? { q } : { q, concert_id: line };
  const asked = api.GET("/v1/admin/fans", { params: { query }, headers: headers() });
  return (await answered(asked)).fans;
}

/** A fan with places, orders and what happened to these. */
export function show(user_id: string): Promise<Fan> {
  const params = { query: { user_id } };
  return answered(api.GET("/v1/admin/fans/timeline", { params, headers: headers() }));
}

/** The name and the address of a fan. */
export function reveal(user_id: string, reason: string): Promise<Person> {
  const body = { user_id, reason };
  return answered(api.POST("/v1/admin/fans/reveal", { body, headers: headers() }));
}

/** End the pass of a fan in a queue. */
export async function revoke(concert_id: string, user_id: string): Promise<void> {
  const params = { path: { concert_id } };
  const call = api.POST("/v1/admin/concerts/{concert_id}/queue/revoke", {
    params,
    body: { user_id },
    headers: headers(),
  });
  await answered(call);
}

/** Give a fan the last place in a queue back; returns whether there was one to give back. */
export async function reopen(
  concert_id: string,
  user_id: string,
  reason: string,
): Promise<boolean> {
  const params = { path: { concert_id } };
  const call = api.POST("/v1/admin/concerts/{concert_id}/queue/reopen", {
    params,
    body: { user_id, reason },
    headers: headers(),
  });
  return (await answered(call)).reopened;
}

/** What is typed into the dialog of an order. */
export interface Wish {
  readonly reason: string;
  readonly email: string;
  readonly language: "ko" | "en";
  readonly seats: string;
  readonly amount: number;
  /** So that a repeated refund gives nothing back again. */
  readonly key: string;
}

export type OrderAct = "send" | "extend" | "free" | "move" | "refund" | "cancel";

/** The operation of each act, and the statuses in which it can be done. */
export const ACTS: Readonly<Record<OrderAct, { call: string; of: readonly string[] }>> = {
  send: { call: "send_mail", of: ["paid"] },
  extend: { call: "extend_hold", of: ["held"] },
  free: { call: "free_hold", of: ["held"] },
  move: { call: "move_order", of: ["held", "paid"] },
  refund: { call: "refund_order", of: ["paid", "cancelled"] },
  cancel: { call: "cancel_any_order", of: ["paid"] },
};

/** What a dialog begins with. */
export function nothingYet(language: "ko" | "en"): Wish {
  return { reason: "", email: "", language, seats: "", amount: 0, key: newKey() };
}

/** Do something with an order; returns it as it is then, where the server says so, or what is left
 * for a second operator. */
export async function act(
  what: OrderAct,
  order_id: string,
  wish: Wish,
): Promise<AdminOrder | Proposed | undefined> {
  const { reason } = wish;
  const params = { path: { order_id } };
  const given = { params, headers: headers() };
  switch (what) {
    case "send": {
      const email = wish.email.trim();
      const body = email === "" ? { reason } : { reason, email, language: wish.language };
      await answered(api.POST("/v1/admin/orders/{order_id}/mails", { ...given, body }));
      return undefined;
    }
    case "extend":
      return answered(
        api.POST("/v1/admin/orders/{order_id}/extension", { ...given, body: { reason } }),
      );
    case "free":
      return answered(
        api.POST("/v1/admin/orders/{order_id}/release", { ...given, body: { reason } }),
      );
    case "move": {
      const seats = wish.seats.split(/[\s,]+/).filter((seat) => seat !== "");
      return answered(api.POST("/v1/admin/orders/{order_id}/move", { ...given, body: { seats } }));
    }
    case "refund": {
      const body = { amount: wish.amount, reason };
      const once = { ...headers(), "Idempotency-Key": wish.key };
      return answered(
        api.POST("/v1/admin/orders/{order_id}/refunds", {
          params: { ...params, header: { "Idempotency-Key": wish.key } },
          headers: once,
          body,
        }),
      );
    }
    case "cancel": {
      const body = { fee: "none" as const, reason };
      return answered(api.POST("/v1/admin/orders/{order_id}/cancellation", { ...given, body }));
    }
  }
}
