// The fan's places and passes, for each user and concert. Shared by all tabs, kept over a reload.
import { serverNow } from "../../time/now.svelte.ts";
import { session } from "../accounts/session.svelte.ts";
import { keep, kept, keptJson, keptNames, onChangeElsewhere } from "../../browser/storage.ts";

export interface Pass {
  readonly entryToken: string;
  readonly expiresAt: string;
}

let changes = $state(0);

onChangeElsewhere((name) => {
  if (name.startsWith("pass:") || name.startsWith("place:")) changes += 1;
});

/** The queue token of the fan's place, or null. */
export function queueToken(concert: string): string | null {
  return kept(named("place", concert));
}

/** Keep the place; null when it is over. */
export function keepQueueToken(concert: string, token: string | null): void {
  keep(named("place", concert), token);
  changes += 1;
}

/** The concerts in whose queue the fan has a place, or was admitted; reading it follows it. */
export function concertsInLine(): string[] {
  void changes;
  const beginning = named("place", "");
  return keptNames(beginning).map((name) => name.slice(beginning.length));
}

/** The pass of a fan who is inside and still has time; reading it follows it. */
export function passOf(concert: string): Pass | null {
  void changes;
  const pass = keptJson<Pass>(named("pass", concert));
  return pass && Date.parse(pass.expiresAt) > serverNow() ? pass : null;
}

/** In how many queues a user has a place here. */
export function placesOf(userId: string): number {
  return keptNames(`place:${userId}:`).length;
}

/** Whether the fan has been inside on the place that is kept. */
export function hadPass(concert: string): boolean {
  return keptJson<Pass>(named("pass", concert)) !== null;
}

/** The pass is over, and the place with it. */
export function endPass(concert: string): void {
  keepPass(concert, null);
  keepQueueToken(concert, null);
}

/** Keep the pass; null when it is over. */
export function keepPass(concert: string, pass: Pass | null): void {
  keep(named("pass", concert), pass && JSON.stringify(pass));
  changes += 1;
}

function named(what: "place" | "pass", concert: string): string {
  return `${what}:${session()?.userId ?? ""}:${concert}`;
}
