// The header that says who asks.
import { untrack } from "svelte";
import { serverNow } from "../../time/now.svelte.ts";
import { endSession, session } from "./session.svelte.ts";

/** The headers of a call for operators. The session is another one every minute: an effect that makes
 * a call, or that keeps a stream open, is not run again because of that. */
export function headers(): { Authorization: string } {
  const known = untrack(session);
  if (known && Date.parse(known.expiresAt) < serverNow()) endSession();
  return { Authorization: `Bearer ${known?.accessToken ?? ""}` };
}
