// What an operator is asked before something is done to chosen seats, and what is done then.
import { time } from "../../i18n/format.ts";
import type { Language } from "../../i18n/language.ts";
import type { Plan } from "../../hall/plan.ts";
import {
  block,
  freeHold,
  move,
  sell,
  unblock,
  type FoundOrder,
  type Reason,
  type Tender,
} from "./acts.ts";
import { zoneOf } from "../shell/concerts.svelte.ts";
import { numbersOf } from "./chosen.ts";
import type { Held } from "./states.ts";
import { words } from "./words.ts";

export type SeatsField = "reason" | "name" | "note" | "tender" | "buyer" | "why";

/** What is typed into the dialog. */
export interface Wish {
  reason: Reason;
  name: string;
  note: string;
  tender: Tender;
  buyer: string;
  why: string;
  /** So that a repeated sale sells nothing again. */
  key: string;
}

export interface Asked {
  readonly title: string;
  readonly what: readonly string[];
  readonly fields: readonly SeatsField[];
  readonly act: (wish: Wish) => Promise<void>;
}

/** The date that the seats are of. */
export interface Of {
  readonly concert: string;
  readonly date: string;
  readonly plan: Plan;
  readonly language: Language;
  /** A number as it is read. */
  readonly n: (number: number) => string;
  /** Say what was done, and look again. */
  readonly after: (text: string) => void;
}

/** Hold free seats back. */
export function askBlock({ concert, date, plan, n, after }: Of, free: readonly number[]): Asked {
  const texts = words();
  const numbers = numbersOf(plan, free);
  return {
    title: texts.block,
    what: [texts.blockWhat(n(numbers.length))],
    fields: ["reason", "name", "note"],
    act: async (wish) => {
      await block(concert, date, numbers, wish);
      after(texts.done.block(n(numbers.length)));
    },
  };
}

/** Give seats of blocks back to the sale. */
export function askUnblock(
  { concert, date, plan, n, after }: Of,
  blocks: ReadonlyMap<string, readonly number[]>,
): Asked {
  const texts = words();
  const number = [...blocks.values()].reduce((sum, seats) => sum + seats.length, 0);
  return {
    title: texts.unblock,
    what: [texts.unblockWhat(n(number), [...blocks.keys()].join(", "))],
    fields: [],
    act: async () => {
      for (const [name, seats] of blocks)
        await unblock(concert, date, name, numbersOf(plan, seats));
      after(texts.done.unblock(n(number)));
    },
  };
}

/** Free holds; those that are being paid by card are left out. */
export function askFree({ n, after }: Of, holds: readonly Held[]): Asked {
  const texts = words();
  const orders = holds.filter((each) => !each.is_being_paid);
  const kept = holds.length - orders.length;
  const number = orders.reduce((sum, each) => sum + each.places.length, 0);
  return {
    title: texts.free,
    what: [
      texts.freeWhat(n(orders.length), n(number)),
      ...(kept > 0 ? [texts.freePaying(n(kept))] : []),
    ],
    fields: ["why"],
    act: async ({ why }) => {
      for (const each of orders) await freeHold(each.order_id, why);
      after(texts.done.free(n(orders.length)));
    },
  };
}

/** Sell free seats at the counter. */
export function askSell({ date, plan, n, after }: Of, free: readonly number[]): Asked {
  const texts = words();
  const numbers = numbersOf(plan, free);
  return {
    title: texts.sell,
    what: [texts.sellWhat(n(numbers.length))],
    fields: ["tender", "buyer"],
    act: async ({ tender, buyer, key }) => {
      const sold = await sell(date, numbers, { tender, name: buyer, key });
      after(texts.done.sell(sold.booking_number));
    },
  };
}

/** Give an order the free seats. */
export function askMove(
  { concert, plan, language, after }: Of,
  { id, seats: from }: FoundOrder,
  free: readonly number[],
): Asked {
  const texts = words();
  const to = numbersOf(plan, free);
  return {
    title: texts.moveHere,
    what: [texts.moveWhat(from.join(", "), to.join(", "))],
    fields: [],
    act: async () => {
      const until = await move(id, to);
      const zone = zoneOf(concert);
      after(until === null ? texts.done.move : texts.done.proposed(time(until, language, zone)));
    },
  };
}
