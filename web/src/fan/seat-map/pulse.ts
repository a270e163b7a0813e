// Whether the stream of changes can be trusted, and what is to be done about it now. Pure.
//
// A proxy may cut the stream, refuse it, or keep back what the server says. So the server says
// something at once and every ten seconds, and silence counts as a failure: then the page asks for
// the whole picture every few seconds, and tries the stream again in growing pauses.
//
// Always holds: while the fan looks, an ask is due within seconds of the moment from which the
// stream tells nothing any more. A stream that went silent is trusted again only when it has spoken
// twice, because a proxy may let its first words through and nothing after them.

/** Moments are milliseconds of one clock. */
export interface Pulse {
  /** When the connection was begun; null while there is none. */
  readonly openedAt: number | null;
  readonly firstHeardAt: number | null;
  readonly heardAt: number | null;
  /** A connection before this one went silent. */
  readonly doubted: boolean;
  /** Connections in a row that ended before they had proven themselves. */
  readonly failures: number;
  readonly openFrom: number;
  /** When the picture was last known to be of this moment. */
  readonly reportedAt: number;
  readonly asking: boolean;
  /** An ask was made since the stream could last be trusted. */
  readonly hasAsked: boolean;
  /** Null while the stream reports everything. */
  readonly askFrom: number | null;
  readonly askFailures: number;
  /** The server does not want to hear from us before. */
  readonly notBefore: number;
}

export type Deed = "open" | "cut" | "ask";

/** The picture is of this moment, a few seconds old at most, or older than that. */
export type Freshness = "live" | "recent" | "old";

export type Random = () => number;

/** Longer than the server is ever silent. */
const QUIET_MAX_MS = 15_000;
/** A connection without a heartbeat for this long is given up. */
const SILENCE_MAX_MS = 40_000;
/** Text that comes this long after the first text did not arrive in one piece with it. */
const PROOF_MS = 1_000;
const ASK_MS = 4_000;
const OLD_MS = 18_000;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 60_000;

/** At the beginning the stream is opened at once; an ask follows if it says nothing. */
export function start(now: number): Pulse {
  return {
    openedAt: null,
    firstHeardAt: null,
    heardAt: null,
    doubted: false,
    failures: 0,
    openFrom: now,
    reportedAt: now,
    asking: false,
    hasAsked: false,
    askFrom: now + ASK_MS,
    askFailures: 0,
    notBefore: now,
  };
}

/** A connection was begun. */
export function opened(pulse: Pulse, now: number): Pulse {
  return { ...pulse, openedAt: now, firstHeardAt: null, heardAt: null };
}

/** Something came, if only a comment. */
export function heard(pulse: Pulse, now: number): Pulse {
  const firstHeardAt = pulse.firstHeardAt ?? now;
  const proven = now - firstHeardAt >= PROOF_MS;
  const failures = proven ? 0 : pulse.failures;
  const next = { ...pulse, firstHeardAt, heardAt: now, failures };
  if (pulse.doubted && !proven) return next;
  const reported = { reportedAt: now, hasAsked: false, askFrom: null, askFailures: 0 };
  return { ...next, ...reported, doubted: false };
}

/** Another tab tells what its connection says; what it said before is asked for. */
export function relayed(pulse: Pulse, now: number): Pulse {
  return { ...opened(pulse, now), askFrom: now };
}

/** The report is no change of what is shown: poll for everything. */
export function missed(pulse: Pulse, now: number): Pulse {
  return { ...pulse, firstHeardAt: null, heardAt: null, askFrom: now };
}

/** The connection has ended, or was refused; `waitMs` is what the server asks for. */
export function ended(pulse: Pulse, now: number, waitMs: number, random: Random): Pulse {
  const { heardAt, firstHeardAt, openedAt } = pulse;
  const silent = now - (heardAt ?? openedAt ?? now) >= QUIET_MAX_MS;
  const cutShort = heardAt !== null && heardAt - firstHeardAt! < PROOF_MS;
  return {
    ...pulse,
    openedAt: null,
    firstHeardAt: null,
    heardAt: null,
    doubted: pulse.doubted || silent || cutShort,
    failures: pulse.failures + 1,
    openFrom: now + retryDelay(pulse.failures, waitMs, random),
    askFrom: pulse.askFrom ?? now + spread(ASK_MS, random),
    notBefore: Math.max(pulse.notBefore, now + waitMs),
  };
}

/** An ask is on its way. */
export function asked(pulse: Pulse): Pulse {
  return { ...pulse, asking: true, hasAsked: true };
}

/** The ask was answered: the picture is of this moment. */
export function answered(pulse: Pulse, now: number, random: Random): Pulse {
  const askFrom = now + spread(ASK_MS, random);
  return { ...pulse, asking: false, reportedAt: now, askFrom, askFailures: 0 };
}

/** The ask was not answered. */
export function unanswered(pulse: Pulse, now: number, waitMs: number, random: Random): Pulse {
  const pause = Math.max(ASK_MS, RETRY_FIRST_MS * 2 ** pulse.askFailures);
  return {
    ...pulse,
    asking: false,
    askFrom: now + waitMs + spread(Math.min(pause, RETRY_MAX_MS), random),
    askFailures: pulse.askFailures + 1,
    notBefore: Math.max(pulse.notBefore, now + waitMs),
  };
}

/** The network is back, or the fan is: no pause of our own is worth anything any more. */
export function woken(pulse: Pulse, now: number): Pulse {
  const soon = Math.max(now, pulse.notBefore);
  const askFrom = pulse.askFrom === null ? null : Math.min(pulse.askFrom, soon);
  return { ...pulse, openFrom: Math.min(pulse.openFrom, soon), askFrom };
}

/** What is to be done now. While the fan does not look, there is no connection and no ask. */
export function due(pulse: Pulse, now: number, looking: boolean): Deed[] {
  if (!looking) return pulse.openedAt === null ? [] : ["cut"];
  const deeds: Deed[] = [];
  if (pulse.openedAt === null && now >= pulse.openFrom) deeds.push("open");
  if (pulse.openedAt !== null && now >= cutAt(pulse)) deeds.push("cut");
  if (!pulse.asking && now >= askAt(pulse)) deeds.push("ask");
  return deeds;
}

/** When something will be due, or the freshness another one. */
export function nextAt(pulse: Pulse, now: number, looking: boolean): number {
  const moments: number[] = [];
  if (looking) moments.push(pulse.openedAt === null ? pulse.openFrom : cutAt(pulse));
  if (looking && !pulse.asking) moments.push(askAt(pulse));
  if (now < pulse.reportedAt + OLD_MS) moments.push(pulse.reportedAt + OLD_MS);
  return Math.min(...moments);
}

/** How old the picture may be. */
export function freshness(pulse: Pulse, now: number): Freshness {
  if (now < trustedUntil(pulse)) return "live";
  if (pulse.askFailures > 0 || now >= pulse.reportedAt + OLD_MS) return "old";
  // A stream that ends and is opened again at once is not worth a word.
  return pulse.hasAsked ? "recent" : "live";
}

/** Wait longer from failure to failure, and never all at the same moment. */
export function retryDelay(failures: number, waitMs: number, random: Random): number {
  return waitMs + spread(Math.min(RETRY_FIRST_MS * 2 ** failures, RETRY_MAX_MS), random);
}

/** Until when nothing need be asked, whatever `askFrom` says. */
function trustedUntil({ heardAt, doubted }: Pulse): number {
  return heardAt === null || doubted ? -Infinity : heardAt + QUIET_MAX_MS;
}

function askAt(pulse: Pulse): number {
  return Math.max(pulse.askFrom ?? -Infinity, trustedUntil(pulse));
}

function cutAt({ openedAt, heardAt }: Pulse): number {
  return (heardAt ?? openedAt!) + SILENCE_MAX_MS;
}

/** Between a half of it and the whole. */
function spread(delay: number, random: Random): number {
  return delay * (0.5 + random() / 2);
}
