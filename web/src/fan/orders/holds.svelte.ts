// The fan's held orders, as far as this browser has seen them: kept over a reload, for all tabs.
//
// Always holds: what is kept was held when it was seen last; whether it still is, `expiresAt` says.
import type { Schemas } from "../../api/client.ts";
import { serverNow } from "../../time/now.svelte.ts";
import { currentLanguage } from "../../i18n/language.svelte.ts";
import { named } from "../../i18n/names.ts";
import { session } from "../accounts/session.svelte.ts";
import { keep, keptJson, onChangeElsewhere } from "../../browser/storage.ts";

export interface Hold {
  readonly order: string;
  readonly concert: string;
  readonly title: string;
  readonly seats: number;
  readonly expiresAt: string;
}

let changes = $state(0);

onChangeElsewhere((name) => {
  if (name.startsWith("holds:")) changes += 1;
});

/** The holds of the fan, the one that ends first in front; reading them follows them. */
export function holds(): readonly Hold[] {
  void changes;
  const all = keptJson<Hold[]>(keptAs()) ?? [];
  return all.sort((one, other) => (one.expiresAt < other.expiresAt ? -1 : 1));
}

/** Take over what the server says of some orders. */
export function learnHolds(orders: readonly Schemas["Order"][]): void {
  const before = keptJson<Hold[]>(keptAs()) ?? [];
  const said = new Set(orders.map(({ id }) => id));
  const others = before.filter((hold) => !said.has(hold.order) && isLive(hold));
  const now = orders.filter(({ status }) => status === "held").map(holdOf);
  put([...others, ...now.filter(isLive)], before);
}

function holdOf(order: Schemas["Order"]): Hold {
  return {
    order: order.id,
    concert: order.concert_id,
    title: named(order, currentLanguage()).concert_title,
    seats: order.seats.length,
    expiresAt: order.expires_at,
  };
}

function isLive({ expiresAt }: Hold): boolean {
  return Date.parse(expiresAt) > serverNow();
}

function put(next: readonly Hold[], before: readonly Hold[]): void {
  const text = JSON.stringify(next);
  if (text === JSON.stringify(before)) return;
  keep(keptAs(), next.length === 0 ? null : text);
  changes += 1;
}

function keptAs(): string {
  return `holds:${session()?.userId ?? ""}`;
}
