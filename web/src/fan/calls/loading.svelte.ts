// Something that is asked for when a page is shown: not there yet, there, or refused.
import { asRefused, type Refused } from "../../api/client.ts";
import { nextAfter } from "./next.ts";
import { again } from "./again.ts";

export class Loading<T> {
  value = $state.raw<T | null>(null);
  refused = $state.raw<Refused | null>(null);
  busy = $state(false);
  #ask: () => Promise<T>;
  #turns = 0;

  /** Ask now, and again when the network or the fan is back after a failure; with `everyMs` also
   * at that interval while the tab is visible. Must be created during a component's setup. */
  constructor(ask: () => Promise<T>, everyMs = Infinity) {
    this.#ask = ask;
    void this.load();
    const failed = (): boolean => this.refused !== null && nextAfter(this.refused.slug) === "retry";
    $effect(() => again(() => void this.load(), failed, everyMs));
  }

  /** Ask again; what is there stays until the answer comes. */
  load = async (): Promise<void> => {
    const turn = ++this.#turns;
    this.busy = true;
    try {
      const value = await this.#ask();
      // Of two that were asked for, the later one counts.
      if (turn !== this.#turns) return;
      this.value = value;
      this.refused = null;
    } catch (error) {
      if (turn === this.#turns) this.refused = asRefused(error);
    } finally {
      if (turn === this.#turns) this.busy = false;
    }
  };
}
