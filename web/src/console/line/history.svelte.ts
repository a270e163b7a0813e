// The last hour of a queue: read once, then carried on by the stream.
import { answered, api, type Schemas } from "../../api/client.ts";
import { serverNow } from "../../time/now.svelte.ts";
import { headers } from "../shell/bearer.ts";
import type { Figures } from "../shell/live.svelte.ts";
import type { Point } from "./curves.ts";

export const HOUR_S = 3_600;
const PAGES_MAX = 3;

export class Hour {
  points = $state.raw<readonly Point<Figures>[]>([]);
  actions = $state.raw<readonly Schemas["Action"][]>([]);
  /** Whether the history has been read. */
  isRead = $state(false);

  constructor(private readonly queue: string) {}

  /** Read the hour and what was done in it. Throws Refused. */
  async read(): Promise<void> {
    const path = { concert_id: this.queue };
    const before = serverNow() - HOUR_S * 1000;
    const found: Point<Figures>[] = [];
    let since: string | null = null;
    for (let page = 0; page < PAGES_MAX; page++) {
      const query = { resolution: "1s" as const, ...(since !== null && { since }) };
      const asked = api.GET("/v1/admin/concerts/{concert_id}/history", {
        params: { path, query },
        headers: headers(),
      });
      const answer: Schemas["History"] = await answered(asked);
      found.push(...answer.points.map(({ at, figures }) => ({ at: seconds(at), figures })));
      since = answer.next_since;
      if (since === null) break;
    }
    const asked = api.GET("/v1/admin/concerts/{concert_id}/queue/actions", {
      params: { path, query: { limit: 100 } },
      headers: headers(),
    });
    const { actions } = await answered(asked);
    this.actions = actions.filter(({ at }) => Date.parse(at) >= before);
    // What the stream said meanwhile comes after.
    const last = found.at(-1)?.at ?? 0;
    this.points = [...found, ...this.points.filter(({ at }) => at > last)];
    this.isRead = true;
  }

  /** The figures of this moment. */
  add(figures: Figures): void {
    const at = serverNow() / 1000;
    const kept = this.points.filter((point) => point.at > at - HOUR_S - 120);
    this.points = [...kept, { at, figures }];
  }
}

function seconds(at: string): number {
  return Date.parse(at) / 1000;
}
