// Calls of an admitted fan: with the bearer token and the pass.
import { answered, api, Refused } from "../../api/client.ts";
import { endPass, hadPass, keepPass, passOf, queueToken } from "./passes.svelte.ts";
import { bearer } from "../accounts/session.svelte.ts";

/** The headers of a call about this concert. Throws Refused without a pass; its kind says whether
 * there was one. */
export async function inside(
  concert: string,
): Promise<{ Authorization: string; "Entry-Token": string }> {
  const wasInside = hadPass(concert);
  const pass = passOf(concert) ?? (await renewPass(concert));
  const why = wasInside ? "entry-token-expired" : "entry-token-missing";
  if (!pass) throw new Refused(why, null, null);
  return { ...(await bearer()), "Entry-Token": pass.entryToken };
}

/** Renew the pass: after a hold it lasts longer, after a payment it has ended. Returns it, or null
 * for a fan who is not inside. Throws Refused when there is no answer. */
export async function renewPass(concert: string): Promise<ReturnType<typeof passOf>> {
  const token = queueToken(concert);
  if (!token) return null;
  try {
    const params = { header: { "Queue-Token": token } };
    const place = await answered(api.GET("/v1/queue-tokens/me", { params }));
    if (place.state !== "admitted") return null;
    keepPass(concert, { entryToken: place.entry_token, expiresAt: place.entry_expires_at });
    return passOf(concert);
  } catch (error) {
    if (!(error instanceof Refused) || error.problem?.status !== 410) throw error;
    endPass(concert);
    return null;
  }
}
