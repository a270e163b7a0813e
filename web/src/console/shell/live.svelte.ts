// The sale that is shown, as it runs: one stream for the whole console.
import type { Schemas } from "../../api/client.ts";
import type { StreamEvent } from "../../browser/event-stream.ts";
import { serverNow } from "../../time/now.svelte.ts";
import { headers } from "./bearer.ts";
import { endSession } from "./session.svelte.ts";
import { openStream, type StreamState } from "./stream.ts";

export type Figures = Schemas["QueueFigures"];
type Line = Schemas["LogEntry"];

/** What the event `queue` says. */
interface LiveQueue {
  readonly at: string;
  readonly queue: Schemas["QueueReport"];
  readonly figures: Figures | null;
  readonly refusals: Readonly<Record<string, number>> | null;
}

/** The latest lines of the log that a stream brought. */
const ACTIONS_MAX = 200;
export class Live {
  state = $state<StreamState>("connecting");
  /** The status of a refusal: 403 where the role does not open this concert. */
  refused = $state<number | null>(null);
  queue = $state.raw<LiveQueue | null>(null);
  /** The last figures, which stay while Valkey is away. */
  figures = $state.raw<Figures | null>(null);
  sales = $state.raw<Schemas["Sales"] | null>(null);
  /** How long calls took in the last minute; null for a role at one concert. */
  latencies = $state.raw<Schemas["LatenciesEntry"] | null>(null);
  /** Newest first. */
  actions = $state.raw<readonly Line[]>([]);
  /** When the server last said something, a heartbeat included: all is as it was then. */
  heardAt = $state<number | null>(null);
  /** When the sales were last known to hold. */
  salesAt = $state<number | null>(null);
  /** When the figures of the queue were last known to hold: not while Valkey is away. */
  figuresAt = $state<number | null>(null);

  take(event: StreamEvent): void {
    const data: unknown = JSON.parse(event.data);
    if (event.name === "queue") {
      this.queue = data as LiveQueue;
      this.figures = this.queue.figures ?? this.figures;
    }
    if (event.name === "sales") this.sales = data as Schemas["Sales"];
    if (event.name === "sales" || event.name === "sales_unchanged")
      this.salesAt = Date.parse((data as { at: string }).at);
    if (event.name === "latencies") this.latencies = data as Schemas["LatenciesEntry"];
    if (event.name === "action")
      this.actions = [data as Line, ...this.actions].slice(0, ACTIONS_MAX);
    this.hear();
  }

  hear(): void {
    this.heardAt = serverNow();
    if (this.queue?.figures) this.figuresAt = this.heardAt;
  }
}

let current = $state.raw(new Live());

/** The sale that is shown; reading it in a component follows it. */
export function live(): Live {
  return current;
}

/** Follow the sale of a queue; returns how to stop. */
export function follow(queue: string): () => void {
  const mine = new Live();
  current = mine;
  return openStream(`/v1/admin/concerts/${encodeURIComponent(queue)}/live`, headers, {
    heard: () => mine.hear(),
    event: (event) => mine.take(event),
    state: (state) => void (mine.state = state),
    refused: (status) => {
      if (status === 401) endSession();
      mine.refused = status;
    },
  });
}
