// A call that the operator asked for: whether it is on its way, and why it was refused.
import { untrack } from "svelte";
import { asRefused, type Refused } from "../../api/client.ts";
import { freshly } from "./fresh.svelte.ts";
import { endSession } from "./session.svelte.ts";

/** The refusals that say that the sign-in or the last role has ended. */
const OVER = ["unauthenticated", "operator-required"];

export class Attempt {
  busy = $state(false);
  /** Why the last one failed; null while it has not. */
  refused = $state.raw<Refused | null>(null);
  #last: Promise<unknown> = Promise.resolve();

  /** Run a call; returns whether it succeeded. While one is on its way, another is left out. An effect
   * that runs one is not run again when it ends, which would ask without end. */
  run(act: () => Promise<unknown>): Promise<boolean> {
    if (untrack(() => this.busy)) return Promise.resolve(false);
    this.busy = true;
    this.refused = null;
    const mine = this.#carryOut(act);
    this.#last = mine;
    return mine;
  }

  /** Run a call when the one that is on its way has ended: a look at what was done meanwhile. */
  async runNext(act: () => Promise<unknown>): Promise<boolean> {
    await this.#last;
    return this.run(act);
  }

  async #carryOut(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await freshly(act);
      return true;
    } catch (error) {
      const refused = asRefused(error);
      if (OVER.includes(refused.slug)) endSession();
      this.refused = refused;
      return false;
    } finally {
      this.busy = false;
    }
  }
}
