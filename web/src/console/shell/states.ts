// How the states of a queue look. Pure.
import type { Schemas } from "../../api/client.ts";

export type State = Schemas["QueueReport"]["state"];

const TONES: Readonly<Record<State, "usual" | "good" | "warn" | "accent">> = {
  before_sale: "usual",
  prequeue: "accent",
  open: "good",
  paused: "warn",
  draining: "warn",
  sold_out: "usual",
  closed: "usual",
};

/** The tone of a state. */
export function toneOf(state: State): "usual" | "good" | "warn" | "accent" {
  return TONES[state];
}
