// The calls on the seats of a date. Each throws Refused.
import { answered, api, type Schemas } from "../../api/client.ts";
import { headers } from "../shell/bearer.ts";
import type { PlanAnswer } from "../../hall/contract.ts";
import type { SeatsAnswer } from "./states.ts";

export type Reason = Schemas["BlockSeats"]["reason"] & string;
export const REASONS = ["house", "press", "sponsor", "technical", "not_for_sale"] as const;
export type Tender = Schemas["SellSeats"]["tender"];
export type FoundOrder = Schemas["FoundOrder"];

/** The map of a moment, and the tag that it is asked for again with. */
export interface Look {
  readonly answer: SeatsAnswer;
  readonly tag: string | null;
}

/** The plan of a date. */
export async function planOf(performance_id: string): Promise<PlanAnswer> {
  const asked = api.GET("/v1/performances/{performance_id}/plan", {
    params: { path: { performance_id } },
  });
  return (await answered(asked)) as unknown as PlanAnswer;
}

/** What has the seats of a date; null when nothing has changed since the answer of this tag. */
export async function look(performance_id: string, tag: string | null): Promise<Look | null> {
  const outcome = await api.GET("/v1/admin/performances/{performance_id}/seats", {
    params: { path: { performance_id } },
    headers: { ...headers(), ...(tag !== null && { "If-None-Match": tag }) },
  });
  if (outcome.response.status === 304) return null;
  const answer = await answered(Promise.resolve(outcome));
  return { answer, tag: outcome.response.headers.get("ETag") };
}

/** Hold seats of a date back; a block of that name gets them. */
export async function block(
  concert_id: string,
  performance: string,
  seats: string[],
  wish: { reason: Reason; name: string; note: string },
): Promise<void> {
  const name = wish.name.trim();
  const note = wish.note.trim();
  const body = {
    performances: [performance],
    seats,
    reason: wish.reason,
    ...(name !== "" && { name }),
    ...(note !== "" && { note }),
    sections: [],
    rows: [],
    all: false,
    skip_taken: false,
  };
  const call = api.POST("/v1/admin/concerts/{concert_id}/blocks", {
    params: { path: { concert_id } },
    body,
    headers: headers(),
  });
  await answered(call);
}

/** Give seats of a block back to the sale. */
export async function unblock(
  concert_id: string,
  performance: string,
  name: string,
  seats: string[],
): Promise<void> {
  const call = api.POST("/v1/admin/concerts/{concert_id}/blocks/{name}/release", {
    params: { path: { concert_id, name } },
    body: { performances: [performance], seats, sections: [], rows: [] },
    headers: headers(),
  });
  await answered(call);
}

/** Give the seats of a hold back to the sale. */
export async function freeHold(order_id: string, reason: string): Promise<void> {
  const call = api.POST("/v1/admin/orders/{order_id}/release", {
    params: { path: { order_id } },
    body: { reason },
    headers: headers(),
  });
  await answered(call);
}

/** Sell seats at the counter; a repeat of the key sells nothing again. */
export async function sell(
  performance_id: string,
  seats: string[],
  wish: { tender: Tender; name: string; key: string },
): Promise<Schemas["AdminOrder"]> {
  const call = api.POST("/v1/admin/orders", {
    params: { header: { "Idempotency-Key": wish.key } },
    body: { performance_id, seats, tender: wish.tender, name: wish.name.trim(), price_types: [] },
    headers: { ...headers(), "Idempotency-Key": wish.key },
  });
  return answered(call);
}

/** The live orders that have a seat. */
export async function orderOf(
  performance_id: string,
  seat: string,
): Promise<FoundOrder | undefined> {
  const asked = api.GET("/v1/admin/orders", {
    params: { query: { performance_id, seat } },
    headers: headers(),
  });
  const { orders } = await answered(asked);
  return orders.find(
    ({ status, seats }) => ["held", "paid"].includes(status) && seats.includes(seat),
  );
}

/** Give an order other seats; returns until when a second operator has to confirm it, if so. */
export async function move(order_id: string, seats: string[]): Promise<string | null> {
  const call = api.POST("/v1/admin/orders/{order_id}/move", {
    params: { path: { order_id } },
    body: { seats, price: "keep" as const },
    headers: headers(),
  });
  const done = await answered(call);
  return "confirm_until" in done ? done.confirm_until : null;
}
