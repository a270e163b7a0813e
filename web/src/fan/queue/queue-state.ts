// A fan's way through the queue as a state machine: an answer → what to do next, and when.
// Pure: time and chance come in as arguments. docs/client-guide.md says what a client has to do.
import type { Schemas } from "../../api/client.ts";

export type Place =
  | Schemas["Waiting"]
  | Schemas["Prequeue"]
  | Schemas["SoldOut"]
  | Schemas["Closed"]
  | Schemas["Admitted"];
export type Admitted = Schemas["Admitted"];

/** What the page does next: ask for a place, ask how it stands, solve a challenge first, wait for
 * the fan, or nothing any more. */
export type Step = "join" | "poll" | "solve" | "ask-fan" | "done";

export interface QueueState {
  readonly step: Step;
  /** When to take the step, in milliseconds since 1970. */
  readonly dueAt: number;
  /** Where the fan stood when we last knew. */
  readonly place: Place | null;
  /** Answers in a row that did not come, or were not one. */
  readonly failures: number;
  /** What the fan should know: the kind of the last refusal, if it still matters. */
  readonly slug: string | null;
  /** When joining begins, while it has not. */
  readonly opensAt: string | null;
}

/** What comes back from a call that was refused; `unreachable` is no answer at all. */
export interface Refusal {
  readonly slug: string;
  readonly retryAfterMs: number | null;
  readonly opensAt: string | null;
}

const PASSING = new Set([
  ...["unreachable", "unreadable", "internal-error", "request-timeout"],
  ...["rate-limited", "overloaded", "store-unavailable"],
]);
const BACK_OFF_MAX_MS = 30_000;
const SPREAD_MS = 3_000;
/** Far ahead a timer would be wrong by more than a browser can count. */
const LOOK_AGAIN_MS = 600_000;
/** A hidden tab polls only to be counted as present (absent after 45 s). */
const HIDDEN_POLL_MS = 15_000;
const SOON_POSITION = 20;
const SOON_S = 300;

/** At the page's start: poll the place that was kept, or join. */
export function begin(hasToken: boolean, now: number): QueueState {
  const step = hasToken ? "poll" : "join";
  return { step, dueAt: now, place: null, failures: 0, slug: null, opensAt: null };
}

/** After an answer. */
export function answered(state: QueueState, place: Place, now: number): QueueState {
  const calm = { ...state, place, failures: 0, slug: null, opensAt: null };
  if (place.state === "admitted") return { ...calm, step: "done", dueAt: now };
  return { ...calm, step: "poll", dueAt: now + place.poll_after_ms };
}

/** After a refusal; `chance` is from 0 to 1. */
export function refused(
  state: QueueState,
  refusal: Refusal,
  now: number,
  chance: number,
): QueueState {
  const { slug } = refusal;
  if (PASSING.has(slug)) return backOff(state, refusal, now, chance);
  const heard = { ...state, slug, failures: 0 };
  switch (slug) {
    case "queue-not-open":
      return {
        ...heard,
        step: "join",
        dueAt: comeBack(refusal, now, chance),
        opensAt: refusal.opensAt,
      };
    case "proof-of-work-required":
    case "proof-of-work-invalid":
      return { ...heard, step: "solve", dueAt: now };
    case "queue-token-invalid":
      // Not a place at all, for example after the server's key has changed.
      return { ...heard, step: "join", dueAt: now, place: null, slug: null };
    case "queue-token-expired":
      return { ...heard, step: "ask-fan", dueAt: now, place: null };
    default:
      // A fan who has a place keeps it, and reads only what the poll says.
      if (state.step === "poll") return backOff(state, refusal, now, chance);
      return { ...heard, step: "ask-fan", dueAt: now };
  }
}

/** When the place of a fan who does not look is asked for. */
export function dueWhile(hidden: boolean, state: QueueState): number {
  const polls = state.step === "poll" && state.place !== null && state.place.state !== "admitted";
  if (!hidden || !polls) return state.dueAt;
  const shown = "poll_after_ms" in state.place! ? state.place!.poll_after_ms : 0;
  return state.dueAt + Math.max(0, HIDDEN_POLL_MS - shown);
}

/** Whether a refusal ends the place, so that the token is worth nothing. */
export function endsPlace(slug: string): boolean {
  return slug === "queue-token-expired" || slug === "queue-token-invalid";
}

/** Whether a fan who leaves now may miss their turn. */
export function isSoon(place: Place): boolean {
  if (place.state !== "waiting") return false;
  const wait = place.estimated_wait_s;
  return place.position <= SOON_POSITION || (wait != null && wait.min <= SOON_S);
}

/** From 0 to 1: how far the fan has come since the position they began at. */
export function progress(from: number, position: number): number {
  if (from <= 1) return position <= 1 ? 1 : 0;
  return Math.min(1, Math.max(0, (from - position) / (from - 1)));
}

function backOff(state: QueueState, refusal: Refusal, now: number, chance: number): QueueState {
  const failures = state.failures + 1;
  // No answer says nothing of when to come back, so never sooner than the fan would have asked: many
  // fans lose the server together, and must not ask it more often than while all is well.
  const own =
    state.place !== null && "poll_after_ms" in state.place ? state.place.poll_after_ms : 0;
  const spread =
    refusal.retryAfterMs === null
      ? Math.max(own * (1 + chance), chance * Math.min(BACK_OFF_MAX_MS, 1000 * 2 ** failures))
      : refusal.retryAfterMs + chance * SPREAD_MS;
  return { ...state, failures, slug: refusal.slug, dueAt: now + Math.max(500, spread) };
}

function comeBack(refusal: Refusal, now: number, chance: number): number {
  const left = refusal.opensAt === null ? 0 : Date.parse(refusal.opensAt) - now;
  return now + Math.min(Math.max(left, 1000), LOOK_AGAIN_MS) + chance * SPREAD_MS;
}
