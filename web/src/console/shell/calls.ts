// What the operator may do.
import { concertOf } from "./concerts.svelte.ts";
import { concertId } from "./place.svelte.ts";
import { opens, session } from "./session.svelte.ts";

/** Whether the operator may make a call, by the name of its operation: at the concert of the queue
 * that is shown, at that of another one, or (null) on the whole server. */
export function can(call: string, queue: string | null = concertId()): boolean {
  return opens(session()?.roles ?? [], call, concertOf(queue)?.id ?? queue);
}

/** Whether they may make it anywhere. */
export function canAnywhere(call: string): boolean {
  return (session()?.roles ?? []).some((role) => role.calls.includes(call));
}
