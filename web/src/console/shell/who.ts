// Who did something, as the log names them.
import { session } from "./session.svelte.ts";
import { words } from "./words.ts";

const SHORT = 8;

/** "You", the name of a command line's user, or the beginning of a user's id. */
export function whoIs(who: string): string {
  if (who === session()?.userId) return words().you;
  if (who.startsWith("cli:")) return who;
  return who.length > 2 * SHORT ? `${who.slice(0, SHORT)}…` : who;
}
