// The fan's orders to the end of the list, however many pages it has.
import { answered, api, type Schemas } from "../../api/client.ts";
import { bearer } from "../accounts/session.svelte.ts";
import { serverNow } from "../../time/now.svelte.ts";

/** As many as the server gives in one answer. */
const PAGE_MAX = 100;

/** Every order, newest first. Throws Refused. */
export async function allOrders(): Promise<Schemas["Order"][]> {
  const all: Schemas["Order"][] = [];
  for (let cursor: string | null = null; ;) {
    const query: { limit: number; cursor?: string } =
      cursor === null ? { limit: PAGE_MAX } : { limit: PAGE_MAX, cursor };
    const call = api.GET("/v1/orders", { params: { query }, headers: await bearer() });
    const page: Schemas["Orders"] = await answered(call);
    all.push(...page.orders);
    cursor = page.next_cursor;
    if (cursor === null) return all;
  }
}

/** Whether an order's seats are held for the fan now. */
export function isHeld({ status, expires_at }: Schemas["Order"]): boolean {
  return status === "held" && Date.parse(expires_at) > serverNow();
}
