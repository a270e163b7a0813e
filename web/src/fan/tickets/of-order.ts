// The tickets of an order: a seat and the signed code that opens the door for it.
import type { Schemas } from "../../api/client.ts";

export interface SeatTicket {
  readonly seat: Schemas["OrderedSeat"];
  readonly code: string | null;
}

/** Every seat of a paid order with its code; without codes if the order was not asked for again. */
export function ticketsOf(order: Schemas["Order"]): SeatTicket[] {
  const codes = new Map(order.tickets?.map(({ seat, code }) => [seat, code]));
  return order.seats.map((seat) => ({ seat, code: codes.get(seat.number) ?? null }));
}
