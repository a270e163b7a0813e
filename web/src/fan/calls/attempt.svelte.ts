// What the fan last asked this page to do, and whether it failed.
//
// Always holds: `again` repeats the act that failed, with the same arguments, and no other one.
import { asRefused, type Refused } from "../../api/client.ts";

type Act = () => Promise<unknown>;

export class Attempt {
  busy = $state(false);
  /** Why the last act failed; null while it has not. */
  refused = $state.raw<Refused | null>(null);
  #failed: Act | null = null;
  #wanted = false;
  #afterwards: Act;

  /** `afterwards` follows each act, whether it failed or not, before the page is free again. */
  constructor(afterwards: Act = () => Promise.resolve()) {
    this.#afterwards = afterwards;
  }

  /** Do something. An act must bring what it needs: it may be done again when the page shows
   * something else. Returns whether it succeeded; a second act waits for no first one, it is left
   * out. */
  async run(act: Act): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.clear();
    try {
      await act();
      return true;
    } catch (error) {
      this.refused = asRefused(error);
      this.#failed = act;
      return false;
    } finally {
      await this.#afterwards();
      this.busy = false;
      if (this.#wanted) this.again();
    }
  }

  /** Do what failed once more. */
  again = (): void => {
    // Asked for as soon as the failure is shown: it follows when the page is free.
    this.#wanted = this.busy && this.#failed !== null;
    if (this.#failed && !this.busy) void this.run(this.#failed);
  };

  /** The failure matters no longer. */
  clear(): void {
    this.refused = null;
    this.#failed = null;
  }
}
