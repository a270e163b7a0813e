// The last hour of a queue as a screen draws it: read, carried on by the stream, and only as often
// drawn anew as an eye can follow.
import { untrack } from "svelte";
import { serverNow } from "../../time/now.svelte.ts";
import { Attempt } from "../shell/attempt.svelte.ts";
import type { Figures } from "../shell/live.svelte.ts";
import { live } from "../shell/live.svelte.ts";
import { stepsOf, type Point } from "./curves.ts";
import { Hour, HOUR_S } from "./history.svelte.ts";

const STEP_S = 10;
const LEAST_S = 600;
const DRAWN_EVERY_MS = 2_000;

/** What is drawn: the points that are known, and the times of the curves in seconds. */
export interface Drawn {
  points: readonly Point<Figures>[];
  times: number[];
}

/** Made while a component is: it ends with it. */
export class DrawnHour {
  readonly hour: Hour;
  readonly attempt = new Attempt();
  private now = $state(serverNow());
  readonly drawn: Drawn = $derived.by(() => {
    const points = untrack(() => this.hour.points);
    const at = this.now / 1000;
    const known = at - (points[0]?.at ?? 0);
    return { points, times: stepsOf(at, Math.min(HOUR_S, Math.max(LEAST_S, known)), STEP_S) };
  });

  constructor(queue: string) {
    this.hour = new Hour(queue);
    $effect(() => void untrack(() => this.read()));
    $effect(() => {
      const { figures } = live();
      if (figures) untrack(() => this.hour.add(figures));
    });
    $effect(() => {
      const timer = setInterval(() => (this.now = serverNow()), DRAWN_EVERY_MS);
      return () => clearInterval(timer);
    });
  }

  /** Read the hour; a refusal stands in `attempt`. */
  read(): Promise<boolean> {
    return this.attempt.run(() => this.hour.read());
  }
}
