// The header that says who asks.
import { serverNow } from "../../time/now.svelte.ts";
import { endSession, session } from "./session.svelte.ts";

/** The headers of a call for operators. */
export function headers(): { Authorization: string } {
  const known = session();
  if (known && Date.parse(known.expiresAt) < serverNow()) endSession();
  return { Authorization: `Bearer ${known?.accessToken ?? ""}` };
}
