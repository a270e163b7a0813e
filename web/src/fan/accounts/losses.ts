// What would be lost with a guest, whose address and password only this browser knows.
import { answered, api } from "../../api/client.ts";
import { allOrders, isHeld } from "../orders/all-orders.ts";
import { placesOf } from "../queue/passes.svelte.ts";
import { bearer, session } from "./session.svelte.ts";

export interface Losses {
  /** Seats that are paid for, and seats that are held. */
  readonly tickets: number;
  readonly held: number;
  /** Concerts in whose queue the guest has a place. */
  readonly places: number;
  readonly balance: number;
  readonly currency: string;
}

/** What the guest of this browser has; null for an account, and for a guest who has nothing.
 * Throws Refused when the server cannot say. */
export async function losses(): Promise<Losses | null> {
  const guest = session();
  if (!guest?.guest) return null;
  const [orders, wallet] = await Promise.all([allOrders(), readWallet()]);
  const seats = (wanted: typeof orders): number =>
    wanted.reduce((sum, order) => sum + order.seats.length, 0);
  const lost: Losses = {
    tickets: seats(orders.filter(({ status }) => status === "paid")),
    held: seats(orders.filter(isHeld)),
    places: placesOf(guest.userId),
    ...wallet,
  };
  const nothing = lost.tickets + lost.held + lost.places + lost.balance === 0;
  return nothing ? null : lost;
}

async function readWallet(): Promise<{ balance: number; currency: string }> {
  return answered(api.GET("/v1/wallet", { headers: await bearer() }));
}
