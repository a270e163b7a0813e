// What is taken, what the fan has chosen, and what happens when these meet.
//
// Always holds: chosen seats are free as far as we know, but while a hold is on its way, when our
// own seats may be reported as taken; a lost seat is always reported, with an offer if any.
import {
  applyDelta,
  isFree,
  resetTo,
  unknownAvailability,
  type Availability,
  type Change,
} from "../../hall/availability.ts";
import { NOTHING, placesOf, type Chosen } from "./chosen.ts";
import type { SeatState } from "./names.ts";
import { suggest } from "../../hall/neighbours.ts";
import { seatsByNumber, type Plan } from "../../hall/plan.ts";
import { idsOf, withFewerSpots, withSpotType, withType, type Types } from "./price-types.ts";
import { countOf, split, toggle, withSpots, type Outcome, type Spots } from "./selection.ts";

/** How many tickets of an area are wanted, as the server takes it. */
export interface AreaWish {
  readonly area: string;
  readonly count: number;
}

/** Seats that others were faster for, and what is offered instead. */
export interface Loss {
  readonly lost: readonly number[];
  readonly offered: readonly number[];
}

export interface Choice {
  readonly availability: Availability;
  /** Grows with every change of the availability, which is no reactive state by itself. */
  readonly tick: number;
  readonly chosen: readonly number[];
  /** What is chosen of areas. */
  readonly spots: Spots;
  /** The price types of what is chosen. */
  readonly types: Types;
  /** How many more the fan may choose. */
  readonly room: number;
  /** An area that had fewer left than were chosen: the choice is what was left. */
  readonly shortage: { readonly section: number; readonly left: number } | null;
  readonly loss: Loss | null;
  readonly holding: boolean;
  /** Seat → when it changed hands, for as long as the map shows that. */
  readonly changed: Map<number, number>;
  /** Reading it follows the seat. */
  stateOf(seat: number): SeatState;
  tap(seat: number): Outcome | "own";
  remove(seat: number): void;
  accept(): void;
  dismiss(): void;
  reset(version: number, taken: string): void;
  change(version: number, taken: readonly number[], freed: readonly number[]): void;
  /** Choose this many of an area, as far as the limit and what is left allow. */
  want(section: number, wanted: number): void;
  /** Choose the price type of a seat; null: the full price. */
  setType(seat: number, id: string | null): void;
  /** Choose the price type of one of the tickets of an area. */
  setSpotType(section: number, at: number, id: string | null): void;
  hold(send: Send): Promise<void>;
}

/** Asks for what is chosen; gives back which seats others were faster for. `types` has the price type
 * of each seat and then of each ticket of the areas, null for the full price; empty: full prices. */
export type Send = (
  seats: string[],
  areas: readonly AreaWish[],
  types: (string | null)[],
) => Promise<{ taken: readonly string[] }>;

/** What is chosen of areas, by their names. */
function wishesOf(plan: Plan, spots: Spots): AreaWish[] {
  return [...spots].map(([section, count]) => ({ area: plan.sections[section]!.name, count }));
}

/** More changes than this show only in the numbers, without a ring round each. */
const CHANGES_SHOWN_MAX = 60;

/** A fan's choice in a plan; `limit` and `own`, the seats that the fan has already, are read again
 * each time, as they follow the fan's other orders. `before` was chosen before a reload. */
export function makeChoice(
  plan: Plan,
  limit: () => number,
  own: () => ReadonlySet<number>,
  before: Chosen = NOTHING,
): Choice {
  const kept = placesOf(plan, before);
  const seatsBefore = kept.seats.filter((seat) => !own().has(seat));
  const availability = unknownAvailability(plan);
  const changed = new Map<number, number>();
  let tick = $state(0);
  // What was chosen before a reload is chosen again; what others have taken since is reported as lost.
  let chosen = $state.raw<readonly number[]>(seatsBefore.slice(0, limit()));
  let spots = $state.raw<Spots>(kept.spots);
  let types = $state.raw<Types>(kept.types);
  let shortage = $state.raw<Choice["shortage"]>(null);
  let loss = $state.raw<Loss | null>(null);
  let holding = $state(false);

  function took(news: Change): void {
    tick += 1;
    const seats = [...news.taken, ...news.freed];
    if (seats.length <= CHANGES_SHOWN_MAX) {
      const seen = seats.filter((seat) => seat < plan.x.length);
      for (const seat of seen) changed.set(seat, performance.now());
    }
    if (!holding) findLosses();
  }

  const room = (): number => limit() - chosen.length - countOf(spots);

  function findShortages(): void {
    for (const [section, wanted] of spots) {
      const left = availability.leftInSection[section]!;
      if (left >= wanted) continue;
      spots = withSpots(spots, section, left, limit() - chosen.length, left);
      types = withFewerSpots(types, section, left);
      shortage = { section, left };
    }
  }

  /** Lost seats are reported together with those of a notice that is still shown. */
  function findLosses(): void {
    findShortages();
    const now = split(chosen, availability);
    const lost = [...(loss?.lost ?? []), ...now.lost];
    const stale = loss !== null && split(loss.offered, availability).lost.length > 0;
    if (now.lost.length === 0 && !stale) return;
    chosen = now.kept;
    loss = { lost, offered: suggest(plan, availability, lost, now.kept) };
  }

  return {
    availability,
    changed,
    get tick() {
      return tick;
    },
    get chosen() {
      return chosen;
    },
    get spots() {
      return spots;
    },
    get types() {
      return types;
    },
    get room() {
      return room();
    },
    get shortage() {
      return shortage;
    },
    get loss() {
      return loss;
    },
    get holding() {
      return holding;
    },
    stateOf(seat) {
      void tick;
      if (chosen.includes(seat)) return "chosen";
      if (isFree(availability, seat)) return "free";
      return own().has(seat) ? "own" : "taken";
    },
    tap(seat) {
      if (own().has(seat) && !isFree(availability, seat)) return "own";
      const after = toggle(chosen, seat, limit() - countOf(spots), availability);
      if (after.outcome === "chosen") loss = null;
      if (after.outcome === "removed") types = withType(types, seat, null);
      chosen = after.chosen;
      return after.outcome;
    },
    remove(seat) {
      types = withType(types, seat, null);
      chosen = chosen.filter((other) => other !== seat);
    },
    accept() {
      chosen = [...chosen, ...(loss?.offered.slice(0, Math.max(room(), 0)) ?? [])];
      loss = null;
    },
    want(section, wanted) {
      const left = availability.leftInSection[section]!;
      spots = withSpots(spots, section, wanted, limit() - chosen.length, left);
      types = withFewerSpots(types, section, spots.get(section) ?? 0);
      shortage = null;
    },
    setType(seat, id) {
      types = withType(types, seat, id);
    },
    setSpotType(section, at, id) {
      types = withSpotType(types, section, at, id);
    },
    dismiss() {
      loss = null;
    },
    reset(version, taken) {
      const first = availability.version === null;
      const news = resetTo(availability, plan, version, taken);
      took(first ? { taken: [], freed: [] } : news);
    },
    change(version, taken, freed) {
      took(applyDelta(availability, plan, version, taken, freed));
    },
    async hold(send) {
      holding = true;
      loss = null;
      shortage = null;
      try {
        const { taken } = await send(
          chosen.map((seat) => plan.numbers[seat]!),
          wishesOf(plan, spots),
          idsOf(plan, chosen, types, spots),
        );
        const lost = seatsByNumber(plan, taken);
        applyDelta(availability, plan, availability.version ?? 0, lost, []);
        tick += 1;
      } finally {
        holding = false;
        findLosses();
      }
    },
  };
}
