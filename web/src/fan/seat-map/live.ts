// Follows a performance's seats as they are taken and freed: by one stream, which reconnects, and by
// polling while there is no stream that can be trusted. pulse.ts decides when. One tab of a browser
// has the stream and relays it to the others.
//
// Always holds: what is reported is either a whole bitmap or changes to the bitmap reported before;
// a tab that the fan does not look at has no connection; after `stop` nothing is reported.
import { deadline } from "../../api/deadline.ts";
import { makeEventParser, type StreamEvent } from "../../browser/event-stream.ts";
import * as pulses from "./pulse.ts";
import type { Freshness, Pulse } from "./pulse.ts";

export interface Reports {
  /** Everything, from now on, in the order of this plan. */
  onreset(version: number, taken: string, plan: string): void;
  /** What is different since the report before. */
  onchange(version: number, taken: readonly number[], freed: readonly number[]): void;
  /** How fresh the shown seats are; called on every change. */
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

/** What the tab with the stream tells the others: a sign of life, everything, or what is different
 * since the version `base`. */
export type Word =
  | { readonly kind: "alive" }
  | { readonly kind: "reset"; readonly all: SeatsTaken }
  | { readonly kind: "change"; readonly base: number | null; readonly seats: SeatsChanged };

/** How the tabs of a browser share one stream. */
export interface Sharing {
  /** Take part; `lead` is called with whether this tab has the stream. Returns how to leave. */
  compete(lead: (leads: boolean) => void): () => void;
  /** Hear and tell; null where tabs cannot talk. */
  open(hear: (word: Word) => void): { tell(word: Word): void; close(): void } | null;
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

/** The timeout of one poll. */
const ASK_MAX_MS = 10_000;
const TURN_MIN_MS = 50;
const RACE_MS = 300;

/** Start to follow; `looking` says whether the fan sees it. Without `sharing` this tab is alone. */
export function follow(
  calls: Calls,
  looking: () => boolean,
  reports: Reports,
  sharing?: Sharing,
): Following {
  const life = new AbortController();
  const channel = sharing?.open(hear) ?? null;
  const race = channel && sharing ? sharing : null;
  /** How to leave the race for the stream, while this tab takes part in it. */
  let leave: (() => void) | null = null;
  let leads = race === null;
  let pulse = pulses.start(Date.now());
  let shown: Freshness = "live";
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
    takePart();
    for (const deed of pulses.due(pulse, now, looking())) {
      if (deed === "open") void connect();
      if (deed === "cut") connection.abort();
      if (deed === "ask") void ask();
    }
    reportFreshness(now);
    clearTimeout(timer);
    const wait = pulses.nextAt(pulse, now, looking()) - now;
    if (wait < Infinity) timer = setTimeout(() => turn(pulse), Math.max(wait, TURN_MIN_MS));
  }

  /** A tab takes part while it is visible. */
  function takePart(): void {
    if (!race || looking() === (leave !== null)) return;
    leave?.();
    leads = false;
    leave = null;
    if (!looking()) return;
    // Taking part may make this tab lead before it returns.
    leave = () => {};
    leave = race.compete(lead);
  }

  function lead(now: boolean): void {
    if (now === leads) return;
    leads = now;
    // What is connected otherwise ends, and the other way is taken at once.
    connection.abort();
    turn(pulses.woken(pulse, Date.now()));
  }

  function reportFreshness(now: number): void {
    const freshness = pulses.freshness(pulse, now);
    if (freshness !== shown) reports.onfreshness((shown = freshness));
  }

  /** One connection, from its opening to its end. */
  async function connect(): Promise<void> {
    const own = (connection = new AbortController());
    const opensStream = leads;
    base = version;
    pulse = opensStream ? pulses.opened(pulse, Date.now()) : pulses.relayed(pulse, Date.now());
    let wait = 0;
    try {
      if (opensStream) {
        const response = await calls.stream(base, own.signal);
        wait = retryAfter(response);
        if (isFinal(response)) return refuse(response);
        if (response.ok && response.body) await readAll(response.body);
      } else {
        await aborted(own.signal);
      }
    } catch {
      // Cut off, or never connected: both lead to a retry.
    } finally {
      own.abort();
      const ended = pulses.ended(pulse, Date.now(), wait, Math.random);
      // That another tab took over is no failure.
      turn(opensStream === leads ? ended : pulses.woken(ended, Date.now()));
    }
  }

  async function readAll(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = makeEventParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || life.signal.aborted) return;
      turn(pulses.heard(pulse, Date.now()));
      channel?.tell({ kind: "alive" });
      // An answer to an ask has overtaken the stream, which has to be opened from there.
      if (!parser.feed(decoder.decode(value, { stream: true })).every(report)) return;
    }
  }

  /** Pass on what the stream says; false if it is no change of what is shown. */
  function report(event: StreamEvent): boolean {
    if (event.name === "reset") {
      reset(JSON.parse(event.data) as SeatsTaken);
    } else if (event.name === "seats") {
      if (base !== version) return false;
      const seats = JSON.parse(event.data) as SeatsChanged;
      channel?.tell({ kind: "change", base, seats });
      change(seats);
    }
    base = version;
    return true;
  }

  function reset(all: SeatsTaken): void {
    version = all.version;
    tag = null;
    reports.onreset(all.version, all.taken, all.plan);
    if (leads) channel?.tell({ kind: "reset", all });
  }

  function change(seats: SeatsChanged): void {
    version = seats.version;
    reports.onchange(seats.version, seats.taken, seats.freed);
    tag = null;
  }

  /** What the tab with the stream tells. */
  function hear(word: Word): void {
    if (life.signal.aborted || leads || pulse.openedAt === null) return;
    if (word.kind === "reset" && (version === null || word.all.version > version)) reset(word.all);
    if (version === null) return;
    if (word.kind === "change" && word.seats.version > version) {
      if (word.base !== version) return turn(pulses.missed(pulse, Date.now()));
      change(word.seats);
    }
    turn(pulses.heard(pulse, Date.now()));
  }

  async function ask(): Promise<void> {
    pulse = pulses.asked(pulse);
    const before = version;
    try {
      const response = await calls.ask(tag, deadline(ASK_MAX_MS, life.signal));
      if (isFinal(response)) return refuse(response);
      const all = response.ok ? ((await response.json()) as SeatsTaken) : null;
      if (all === null && response.status !== 304) {
        turn(pulses.unanswered(pulse, Date.now(), retryAfter(response), Math.random));
        return;
      }
      // What the stream has said meanwhile is newer.
      if (all !== null && version === before && !life.signal.aborted) {
        reset(all);
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
    connection.abort();
    leave?.();
    channel?.close();
    clearTimeout(timer);
  }

  // Whether this tab leads is known in a moment; until then nothing is opened.
  turn(race ? { ...pulse, openFrom: pulse.openFrom + RACE_MS } : pulse);
  return { wake: () => turn(pulses.woken(pulse, Date.now())), stop };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener("abort", () => done(), { once: true });
  });
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
