// Something that is asked for when a page is shown: not there yet, there, or refused.
import { asRefused, type Refused } from "../api/client.ts";
import { signedOutByServer, session } from "../session/session.svelte.ts";

export class Loading<T> {
  value = $state.raw<T | null>(null);
  refused = $state.raw<Refused | null>(null);
  busy = $state(false);
  #ask: () => Promise<T>;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
    void this.load();
  }

  /** Ask again; what is there stays until the answer comes. */
  load = async (): Promise<void> => {
    this.busy = true;
    try {
      this.value = await this.#ask().catch((error: unknown) => this.#onceMore(error));
      this.refused = null;
    } catch (error) {
      this.refused = asRefused(error);
    } finally {
      this.busy = false;
    }
  };

  /** A guest whose token the server no longer takes gets a new one. */
  async #onceMore(error: unknown): Promise<T> {
    if (asRefused(error).slug !== "unauthenticated") throw error;
    await signedOutByServer();
    if (session() === null) throw error;
    return this.#ask();
  }
}
