// The server's clock, ticking for the components that show it.
import { createSubscriber } from "svelte/reactivity";
import { clockOffset } from "./countdown.ts";

const TICK_MS = 250;

let offset = 0;

/** Learn the server's clock from an answer. */
export function learnTime(response: Response): void {
  offset = clockOffset(response.headers.get("Date"), Date.now()) ?? offset;
}

/** The server's time now, in milliseconds. */
export function serverNow(): number {
  return Date.now() + offset;
}

const follow = createSubscriber((changed) => {
  const timer = setInterval(changed, TICK_MS);
  return () => clearInterval(timer);
});

/** The same; a component that reads it updates as time passes. */
export function ticking(): number {
  follow();
  return serverNow();
}
