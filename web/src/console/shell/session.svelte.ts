// Who the operator is, and what they may do.
//
// Always holds: the token is kept for this tab alone, and forgotten after half an hour without a
// key or a click. What a role opens is the server's word (`GET /v1/admin/me`), asked for anew every
// minute, so that a role that was given or taken back shows without signing in again.
import { answered, api, asRefused, type Schemas } from "../../api/client.ts";
import { serverNow } from "../../time/now.svelte.ts";

export interface Session {
  readonly userId: string;
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly name: string;
  readonly roles: readonly Schemas["HeldRole"][];
}

const KEPT_AS = "yemae:console";
const IDLE_MS = 30 * 60_000;
const RENEW_MS = 60_000;

let current = $state.raw<Session | null>(keptSession());
let hasEnded = $state(false);
let lastTouch = Date.now();

/** Who is signed in, or null; reading it in a component follows it. */
export function session(): Session | null {
  return current;
}

/** Whether a session ended by itself. */
export function sessionEnded(): boolean {
  return hasEnded;
}

/** Sign in. Throws Refused: `operator-required` for an account without a role. */
export async function signIn(email: string, password: string): Promise<void> {
  const opened = await answered(api.POST("/v1/sessions", { body: { email, password } }));
  await become(opened.access_token, opened.expires_at, email);
}

/** Be whom a token is of. Throws Refused. */
async function become(accessToken: string, expiresAt: string, otherwise: string): Promise<void> {
  const headers = { Authorization: `Bearer ${accessToken}` };
  const { roles, user_id: userId } = await answered(api.GET("/v1/admin/me", { headers }));
  const me = await answered(api.GET("/v1/me", { headers }));
  put({ userId, accessToken, expiresAt, name: me.name ?? me.email ?? otherwise, roles });
  hasEnded = false;
  lastTouch = Date.now();
}

/** Forget who it was. */
export function signOut(): void {
  hasEnded = false;
  put(null);
}

/** The server takes the token no longer, or there was no key and no click for a while. */
export function endSession(): void {
  // Several calls may find that out, one after the other.
  if (current !== null) hasEnded = true;
  put(null);
}

/** Whether a role opens a call at a concert; null asks for the whole server, "any" for anywhere. */
export function opens(
  roles: readonly Schemas["HeldRole"][],
  call: string,
  concert: string | null,
): boolean {
  return roles.some(
    (role) =>
      (role.concert_id === null || role.concert_id === concert) && role.calls.includes(call),
  );
}

/** Ask again what the operator may do, and end sessions that are over. Returns how to stop. */
export function keepSession(): () => void {
  const touch = (): void => void (lastTouch = Date.now());
  const timer = setInterval(() => void renew(), RENEW_MS);
  addEventListener("pointerdown", touch);
  addEventListener("keydown", touch);
  return () => {
    clearInterval(timer);
    removeEventListener("pointerdown", touch);
    removeEventListener("keydown", touch);
  };
}

async function renew(): Promise<void> {
  const known = current;
  if (!known) return;
  const isOver = serverNow() > Date.parse(known.expiresAt) || Date.now() - lastTouch > IDLE_MS;
  if (isOver) return endSession();
  const headers = { Authorization: `Bearer ${known.accessToken}` };
  try {
    const { roles } = await answered(api.GET("/v1/admin/me", { headers }));
    if (current === known) put({ ...known, roles });
  } catch (error) {
    const { slug } = asRefused(error);
    if (slug === "unauthenticated" || slug === "operator-required") endSession();
  }
}

function put(next: Session | null): void {
  current = next;
  try {
    if (next === null) sessionStorage.removeItem(KEPT_AS);
    else sessionStorage.setItem(KEPT_AS, JSON.stringify(next));
  } catch {
    // A browser may keep nothing: signing in again after a reload is all that is lost.
  }
}

function keptSession(): Session | null {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEPT_AS) ?? "null") as Session | null;
    return found && Date.parse(found.expiresAt) > Date.now() ? found : null;
  } catch {
    return null;
  }
}
