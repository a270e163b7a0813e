// The drawing of a hall that is being edited, kept up with it.
import { answered, api, asRefused, type Refused, type Schemas } from "../../../api/client.ts";
import { headers } from "../../shell/bearer.ts";
import { endSession } from "../../shell/session.svelte.ts";
import type { Table } from "../fields.ts";
import { readDrawn, type Drawn, type DrawnAnswer } from "./drawn.ts";
import { newest } from "./newest.ts";

/** The pause after a key or a press before the hall is drawn. */
export const SETTLED_MS = 250;
/** While a part is pulled, a server that draws faster than this is asked as it goes. */
const QUICK_MS = 220;

export class Preview {
  /** The last drawing that there was nothing wrong with. */
  drawn = $state.raw<Drawn | null>(null);
  /** What is wrong with the hall as it was asked for last. */
  refused = $state.raw<Refused | null>(null);
  /** What was asked for last, and not answered yet. */
  asked = $state<string | null>(null);
  #tookMs = 0;
  readonly #calls = newest<string, Drawn>({
    call: (of) => this.#draw(of),
    done: (of, drawn) => {
      this.drawn = drawn;
      this.#answered(of, null);
    },
    failed: (of, error) => this.#answered(of, asRefused(error)),
  });

  /** Whether it is quick enough to be asked while a part is pulled. */
  get isQuick(): boolean {
    return this.#tookMs < QUICK_MS;
  }

  /** Draw a hall after a pause, unless it changes again. */
  ask(of: string, waitMs: number): void {
    if (this.drawn?.of === of && this.asked === null) {
      this.refused = null;
      return;
    }
    this.asked = of;
    this.#calls.ask(of, waitMs);
  }

  stop(): void {
    this.#calls.stop();
  }

  async #draw(of: string): Promise<Drawn> {
    const began = performance.now();
    const body = { document: JSON.parse(of) as Table } as unknown as Schemas["DrawPlan"];
    const call = api.POST("/v1/admin/concert-files/plan", { body, headers: headers() });
    const answer = (await answered(call)) as unknown as DrawnAnswer;
    const drawn = readDrawn(of, answer);
    this.#tookMs = performance.now() - began;
    return drawn;
  }

  #answered(of: string, refused: Refused | null): void {
    this.refused = refused;
    if (this.asked === of) this.asked = null;
    if (refused?.slug === "unauthenticated") endSession();
  }
}
