// Follows a performance's seats as they are taken and freed: by one stream, opened again when it
// ends, and by asking as long as there is none that can be trusted. When to do what is in pulse.ts.
//
// Always holds: what is reported is either a whole bitmap or changes to the bitmap reported before;
// after `stop` nothing is reported.
import { makeEventParser, type StreamEvent } from "./event-stream.ts";
import * as pulses from "./pulse.ts";
import type { Freshness, Pulse } from "./pulse.ts";

export interface Reports {
  /** Everything, from now on, in the order of this plan. */
  onreset(version: number, taken: string, plan: string): void;
  /** What is different since the report before. */
  onchange(version: number, taken: readonly number[], freed: readonly number[]): void;
  /** Whether what is shown is of this moment; told when it is another than before. */
  onfreshness(freshness: Freshness): void;
  /** The server will not tell us any more, such as when the pass has ended. Nothing follows. */
  onrefused(response: Response): void;
}

/** What the event `reset` and an ask carry: everything. */
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
  /** The network is back, or the fan is: lose no time. */
  wake(): void;
  stop(): void;
}

/** The two calls, with what the gates want. */
export interface Calls {
  /** Open the stream; `since` is the version that we have. */
  stream(since: number | null, signal: AbortSignal): Promise<Response>;
  /** Ask for everything; 304 if it is still what the tag names. */
  ask(tag: string | null, signal: AbortSignal): Promise<Response>;
}

/** An ask that takes longer is as good as none. */
const ASK_MAX_MS = 10_000;
const TURN_MIN_MS = 50;

/** Start to follow; `looking` says whether anybody sees it. */
export function follow(calls: Calls, looking: () => boolean, reports: Reports): Following {
  const life = new AbortController();
  let pulse = pulses.start(Date.now());
  let told: Freshness = "live";
  let timer: ReturnType<typeof setTimeout> | undefined;
  let connection = new AbortController();
  /** What is shown, and what the stream's next change is a change of. */
  let version: number | null = null;
  let base: number | null = null;
  let tag: string | null = null;

  /** Take over what has happened, and do what is due. */
  function turn(next: Pulse): void {
    if (life.signal.aborted) return;
    pulse = next;
    const now = Date.now();
    for (const deed of pulses.due(pulse, now, looking())) {
      if (deed === "open") void connect();
      if (deed === "cut") connection.abort();
      if (deed === "ask") void ask();
    }
    tellFreshness(now);
    clearTimeout(timer);
    const wait = pulses.nextAt(pulse, now, looking()) - now;
    timer = setTimeout(() => turn(pulse), Math.max(wait, TURN_MIN_MS));
  }

  function tellFreshness(now: number): void {
    const freshness = pulses.freshness(pulse, now);
    if (freshness !== told) reports.onfreshness((told = freshness));
  }

  /** One connection, from its opening to its end. */
  async function connect(): Promise<void> {
    connection = new AbortController();
    base = version;
    pulse = pulses.opened(pulse, Date.now());
    let wait = 0;
    try {
      const signal = AbortSignal.any([life.signal, connection.signal]);
      const response = await calls.stream(base, signal);
      wait = retryAfter(response);
      if (isFinal(response)) return refuse(response);
      if (response.ok && response.body) await readAll(response.body);
    } catch {
      // Cut off, or never connected: both mean to try again.
    } finally {
      connection.abort();
      turn(pulses.ended(pulse, Date.now(), wait, Math.random));
    }
  }

  async function readAll(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const parser = makeEventParser();
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || life.signal.aborted) return;
      turn(pulses.heard(pulse, Date.now()));
      // An answer to an ask has overtaken the stream, which has to be opened from there.
      if (!parser.feed(value).every(report)) return;
    }
  }

  /** Pass on what the stream says; false if it is no change of what is shown. */
  function report(event: StreamEvent): boolean {
    if (event.name === "reset") {
      reset(JSON.parse(event.data) as SeatsTaken);
    } else if (event.name === "seats") {
      if (base !== version) return false;
      const told = JSON.parse(event.data) as SeatsChanged;
      version = told.version;
      reports.onchange(told.version, told.taken, told.freed);
      tag = null;
    }
    base = version;
    return true;
  }

  function reset(told: SeatsTaken): void {
    version = told.version;
    tag = null;
    reports.onreset(told.version, told.taken, told.plan);
  }

  async function ask(): Promise<void> {
    pulse = pulses.asked(pulse);
    const before = version;
    try {
      const signal = AbortSignal.any([life.signal, AbortSignal.timeout(ASK_MAX_MS)]);
      const response = await calls.ask(tag, signal);
      if (isFinal(response)) return refuse(response);
      const told = response.ok ? ((await response.json()) as SeatsTaken) : null;
      if (told === null && response.status !== 304) {
        turn(pulses.unanswered(pulse, Date.now(), retryAfter(response), Math.random));
        return;
      }
      // What the stream has said meanwhile is newer.
      if (told !== null && version === before && !life.signal.aborted) {
        reset(told);
        tag = response.headers.get("ETag");
      }
      turn(pulses.answered(pulse, Date.now(), Math.random));
    } catch {
      turn(pulses.unanswered(pulse, Date.now(), 0, Math.random));
    }
  }

  function refuse(response: Response): void {
    if (life.signal.aborted) return;
    stop();
    reports.onrefused(response);
  }

  function stop(): void {
    life.abort();
    clearTimeout(timer);
  }

  turn(pulse);
  return { wake: () => turn(pulses.woken(pulse, Date.now())), stop };
}

/** The pause that the server asks for. */
function retryAfter(response: Response): number {
  return Number(response.headers.get("Retry-After") ?? 0) * 1000 || 0;
}

/** 4xx is an answer; 408, 425 and 429 are "not now". */
function isFinal(response: Response): boolean {
  const passing = [408, 425, 429].includes(response.status);
  return response.status >= 400 && response.status < 500 && !passing;
}
