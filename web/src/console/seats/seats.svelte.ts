// The seats of one date, kept up to date while they are shown.
import { readPlan, type Plan } from "../../hall/plan.ts";
import { unknownAvailability, type Availability } from "../../hall/availability.ts";
import { serverNow } from "../../time/now.svelte.ts";
import { look, planOf } from "./acts.ts";
import { CHOSEN_MAX, toggled } from "./chosen.ts";
import { FREE, readStates, takenBits, type States } from "./states.ts";

/** The server reads the seats this often. */
export const EVERY_MS = 2_500;

export class SeatsOfDate {
  plan = $state.raw<Plan | null>(null);
  states = $state.raw<States | null>(null);
  /** When the states were last known to hold. */
  at = $state<number | null>(null);
  chosen = $state.raw<ReadonlySet<number>>(new Set());
  /** Whether more was meant than may be chosen. */
  isFull = $state(false);
  #tag: string | null = null;
  #name: string | null = null;

  constructor(readonly id: string) {}

  /** Ask for the seats, and for the plan when there is another one. Throws Refused. */
  async read(): Promise<void> {
    const found = await look(this.id, this.#tag);
    if (found !== null) {
      if (this.#name !== found.answer.plan) {
        this.plan = readPlan(await planOf(this.id));
        this.#name = found.answer.plan;
        this.clear();
      }
      this.#tag = found.tag;
      this.states = readStates(found.answer);
    }
    this.at = serverNow();
  }

  /** What the map paints its free seats from. */
  availability(): Availability {
    const { plan, states } = this;
    if (plan === null || states === null) throw new Error("no seats have been read");
    const made = unknownAvailability(plan);
    made.bits.set(takenBits(states).subarray(0, made.bits.length));
    made.version = 1;
    states.of.forEach((state, place) => {
      if (state !== FREE) return;
      made.left++;
      made.leftInGrade[plan.grade[place]!]!++;
    });
    for (const [index, { firstSeat, seats }] of plan.sections.entries()) {
      for (let place = firstSeat; place < firstSeat + seats; place++) {
        if (states.of[place] === FREE) made.leftInSection[index]!++;
      }
    }
    return made;
  }

  /** Choose seats, or take them away again where all are chosen. */
  toggle(seats: readonly number[]): void {
    this.#put(toggled(this.chosen, seats));
  }

  /** Choose seats beside those that are chosen. */
  add(seats: readonly number[]): void {
    this.#put(new Set([...this.chosen, ...seats]));
  }

  clear(): void {
    this.chosen = new Set();
    this.isFull = false;
  }

  #put(next: ReadonlySet<number>): void {
    this.isFull = next.size > CHOSEN_MAX;
    if (!this.isFull) this.chosen = next;
  }
}
