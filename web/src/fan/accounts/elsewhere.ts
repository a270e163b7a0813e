// Signing in with an account elsewhere: leaving for the provider, and coming back with a code.
import { answered, api, type Schemas } from "../../api/client.ts";
import { keep, kept } from "../../browser/storage.ts";

const NEXT = "sign-in-next";

/** Go to a provider; afterwards to a path of this page. Throws Refused. */
export async function leaveFor(
  provider: string,
  next: string,
  consent?: { terms: string },
): Promise<void> {
  const body = { provider, ...consent };
  const { redirect_url } = await answered(api.POST("/v1/sign-ins", { body }));
  keep(NEXT, next);
  location.assign(redirect_url);
}

/** Where the fan wanted to go. */
export function wantedAfter(): string {
  return kept(NEXT) ?? "/";
}

const tries = new Map<string, Promise<Schemas["Session"]>>();

/** The session for what the provider has given. A code is good once, and the page is drawn again when
 * the fan is another one: so a second call waits for the first. Throws Refused. */
export function comeBack(
  provider: string,
  state: string,
  code: string,
): Promise<Schemas["Session"]> {
  const body = { provider, state, code };
  const made = tries.get(state) ?? answered(api.POST("/v1/sign-ins/completion", { body }));
  tries.set(state, made);
  return made;
}
