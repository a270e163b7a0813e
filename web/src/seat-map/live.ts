// Follows a performance's seats as they are taken and freed: one stream, opened again when it ends.
//
// Always holds: what is reported is either a whole bitmap or changes to the bitmap reported before,
// in the server's order; after `stop` nothing is reported.
import { makeEventParser, type StreamEvent } from "./event-stream.ts";

export interface Reports {
  /** Everything, from now on, in the order of this plan. */
  onreset(version: number, taken: string, plan: string): void;
  /** What is different since the report before. */
  onchange(version: number, taken: readonly number[], freed: readonly number[]): void;
  /** Whether what is shown is of this moment. */
  onconnection(connected: boolean): void;
  /** The server will not tell us any more, such as when the pass has ended. Nothing follows. */
  onrefused(response: Response): void;
}

/** What the event `reset` carries: everything. */
interface SeatsTaken {
  readonly version: number;
  readonly plan: string;
  readonly taken: string;
}

/** What the event `seats` carries: what is different. */
interface SeatsChanged {
  readonly version: number;
  readonly taken: readonly number[];
  readonly freed: readonly number[];
}

export interface Following {
  /** Look at once whether the stream is alive: after sleep, or when the network is back. */
  wake(): void;
  stop(): void;
}

/** Open the stream with what the gates want; `since` is the version that we have. */
export type OpenStream = (since: number | null, signal: AbortSignal) => Promise<Response>;

/** The server's comment lines come more often than this; a stream that is silent longer is dead. */
const SILENCE_MAX_MS = 40_000;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 15_000;

/** Wait longer from failure to failure, and never all at the same moment. */
export function retryDelay(failures: number, retryAfterMs: number, random: () => number): number {
  const backoff = Math.min(RETRY_FIRST_MS * 2 ** failures, RETRY_MAX_MS);
  return retryAfterMs + backoff * (0.5 + random() / 2);
}

/** Start to follow. */
export function follow(open: OpenStream, reports: Reports): Following {
  const life = new AbortController();
  let version: number | null = null;
  let failures = 0;
  let connection = new AbortController();
  let wakeUp = () => {};
  let heardAt = Date.now();

  function report(event: StreamEvent): void {
    if (event.name === "reset") {
      const told = JSON.parse(event.data) as SeatsTaken;
      version = told.version;
      reports.onreset(told.version, told.taken, told.plan);
    } else if (event.name === "seats") {
      const told = JSON.parse(event.data) as SeatsChanged;
      version = told.version;
      reports.onchange(told.version, told.taken, told.freed);
    }
    failures = 0;
    reports.onconnection(true);
  }

  async function readAll(response: Response): Promise<void> {
    const parser = makeEventParser();
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || life.signal.aborted) return;
      heardAt = Date.now();
      parser.feed(value).forEach(report);
    }
  }

  /** One connection, from its opening to its end. Gives back milliseconds that we are to wait. */
  async function connect(): Promise<number> {
    connection = new AbortController();
    heardAt = Date.now();
    const watch = setInterval(() => endIfSilent(), SILENCE_MAX_MS / 4);
    try {
      const signal = AbortSignal.any([life.signal, connection.signal]);
      const response = await open(version, signal);
      if (isFinal(response)) {
        life.abort();
        reports.onrefused(response);
      } else if (response.ok && response.body) {
        await readAll(response);
      }
      return Number(response.headers.get("Retry-After") ?? 0) * 1000 || 0;
    } catch {
      // Cut off, or never connected: both mean to try again.
      return 0;
    } finally {
      clearInterval(watch);
      connection.abort();
    }
  }

  function endIfSilent(): void {
    if (Date.now() - heardAt > SILENCE_MAX_MS) connection.abort();
  }

  function rest(delay: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, delay);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function run(): Promise<void> {
    while (!life.signal.aborted) {
      const retryAfter = await connect();
      if (life.signal.aborted) return;
      reports.onconnection(false);
      await rest(retryDelay(failures++, retryAfter, Math.random));
    }
  }

  void run();
  return {
    wake() {
      endIfSilent();
      wakeUp();
    },
    stop() {
      life.abort();
      wakeUp();
    },
  };
}

/** 4xx is an answer; 408, 425 and 429 are "not now". */
function isFinal(response: Response): boolean {
  const passing = [408, 425, 429].includes(response.status);
  return response.status >= 400 && response.status < 500 && !passing;
}
