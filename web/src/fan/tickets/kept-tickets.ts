// The fan's tickets, kept in this browser: they open the door where there is no network.
//
// Always holds: they are kept for one user, and forgotten when that user signs out; what is kept is
// what the server said last, whole.
import type { Schemas } from "../../api/client.ts";
import { forgetNames, keep, keptJson } from "../../browser/storage.ts";

export interface KeptTickets {
  readonly orders: readonly Schemas["Order"][];
  /** When the server said so, in milliseconds. */
  readonly at: number;
}

const BEGINNING = "tickets:";

/** What is kept for a user, or null. */
export function keptTickets(userId: string): KeptTickets | null {
  return keptJson<KeptTickets>(BEGINNING + userId);
}

/** Keep the paid orders of a user. */
export function keepTickets(userId: string, orders: readonly Schemas["Order"][], at: number): void {
  const tickets: KeptTickets = { orders, at };
  keep(BEGINNING + userId, orders.length === 0 ? null : JSON.stringify(tickets));
  // The page itself, too, from the first ticket on.
  if (orders.length > 0) void import("../../offline/offline.ts").then(({ start }) => start());
}

/** Keep a paid order of a user with the others. */
export function keepTicketsOf(userId: string, order: Schemas["Order"], at: number): void {
  const others = keptTickets(userId)?.orders.filter(({ id }) => id !== order.id) ?? [];
  keepTickets(userId, [order, ...others], at);
}

/** Forget the tickets of every user but this one; null: of every user. */
export function forgetTicketsBut(userId: string | null): void {
  forgetNames(BEGINNING, userId === null ? null : BEGINNING + userId);
}
