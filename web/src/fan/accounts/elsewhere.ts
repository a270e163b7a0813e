// Signing in with an account elsewhere: leaving for the provider, and coming back with a code.
import { answered, api, type Schemas } from "../../api/client.ts";
import { keep, kept } from "../../browser/storage.ts";

const NEXT = "sign-in-next";
/** The state of an attempt whose login is to lead to the account of this browser. */
const LINKS = "sign-in-links";

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

/** Go to a provider whose login is to lead to this account; afterwards back to its page. Throws
 * Refused. */
export async function linkWith(
  body: { provider: string; password?: string },
  headers: { Authorization: string },
): Promise<void> {
  const { redirect_url } = await answered(api.POST("/v1/me/sign-ins", { body, headers }));
  keep(NEXT, "/account");
  keep(LINKS, new URL(redirect_url).searchParams.get("state"));
  location.assign(redirect_url);
}

/** Whether an attempt is to link a login. */
export function isLink(state: string): boolean {
  return state !== "" && kept(LINKS) === state;
}

/** Let the login lead to this account. Throws Refused. */
export async function completeLink(
  body: { provider: string; state: string; code: string },
  headers: { Authorization: string },
): Promise<void> {
  await answered(api.POST("/v1/me/sign-ins/completion", { body, headers }));
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
