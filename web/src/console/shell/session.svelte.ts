// Who the operator is, and what they may do.
//
// Always holds: the token is kept for this tab alone, and forgotten after half an hour without a
// key or a click. It ends by itself after half an hour, and is renewed while the operator is at work. What a role opens is the server's word (`GET /v1/admin/me`), asked for anew every
// minute, so that a role that was given or taken back shows without signing in again.
import { answered, api, asRefused, type Schemas } from "../../api/client.ts";
import { serverNow } from "../../time/now.svelte.ts";

export interface Session {
  readonly userId: string;
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly name: string;
  /** To sign in again with; null for an account without one. */
  readonly email: string | null;
  readonly roles: readonly Schemas["HeldRole"][];
}

const KEPT_AS = "yemae:console";
const IDLE_MS = 30 * 60_000;
const RENEW_MS = 60_000;
/** A token that has less than this left is renewed. */
const EARLY_MS = 20 * 60_000;

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

/** A session for a password, and for a code of the authenticator app or a recovery code besides. It may
 * not be enough to be an operator. Throws Refused. */
export function sessionFor(
  email: string,
  password: string,
  code: string,
): Promise<Schemas["Session"]> {
  const body = { email, password, short: true, ...(code !== "" && { code }) };
  return answered(api.POST("/v1/sessions", { body }));
}

/** Be whom a session is of. Throws Refused: `operator-required` for an account without a role,
 * `second-factor-required` where a password is not enough. */
export async function become(opened: Schemas["Session"]): Promise<void> {
  const { access_token: accessToken, expires_at: expiresAt } = opened;
  const headers = { Authorization: `Bearer ${accessToken}` };
  const { roles, user_id: userId } = await answered(api.GET("/v1/admin/me", { headers }));
  const me = await answered(api.GET("/v1/me", { headers }));
  const name = me.name ?? me.email ?? userId;
  put({ userId, accessToken, expiresAt, name, email: me.email, roles });
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
    if (Date.parse(known.expiresAt) - serverNow() < EARLY_MS) await goOn();
  } catch (error) {
    const { slug } = asRefused(error);
    if (slug === "unauthenticated" || slug === "operator-required") endSession();
  }
}

/** Another token for the same session. One that is not renewed any more ends by itself. */
async function goOn(): Promise<void> {
  const known = current;
  if (known === null) return;
  const headers = { Authorization: `Bearer ${known.accessToken}` };
  try {
    const next = await answered(api.POST("/v1/sessions/renewal", { headers }));
    if (current?.accessToken !== known.accessToken) return;
    put({ ...current, accessToken: next.access_token, expiresAt: next.expires_at });
  } catch (error) {
    if (asRefused(error).slug !== "fresh-sign-in-required") throw error;
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
