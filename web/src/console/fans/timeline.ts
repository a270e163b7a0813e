// What happened to a fan's orders and the mails about these, as one list. Pure.
import type { Fan } from "./acts.ts";

type Event = Fan["events"][number];
type Mail = Fan["mails"][number];

interface Common {
  readonly at: string;
  /** The booking number of its order. */
  readonly booking: string;
  readonly currency: string;
  /** Its concert; null where the order is not among those of the fan. */
  readonly concert: string | null;
}

export type Line =
  | (Common & { readonly event: Event; readonly mail: null })
  | (Common & { readonly event: null; readonly mail: Mail });

/** All of it, newest first. */
export function happened({ orders, events, mails }: Fan): Line[] {
  const known = new Map(orders.map((order) => [order.id, order]));
  const common = (id: string, at: string): Common => {
    const order = known.get(id);
    return {
      at,
      booking: order?.booking_number ?? "",
      currency: order?.currency ?? "KRW",
      concert: order?.concert_id ?? null,
    };
  };
  const lines: Line[] = [
    ...events.map((event) => ({ ...common(event.order_id, event.at), event, mail: null })),
    ...mails.map((mail) => ({ ...common(mail.order_id, mail.at), event: null, mail })),
  ];
  return lines.sort((a, b) => b.at.localeCompare(a.at));
}
