// Who the fan is: the access token and what it takes to get a new one. Shared by all tabs.
import { answered, api, newKey } from "../api/client.ts";
import { serverNow } from "../time/now.svelte.ts";
import { keep, keptJson, onChangeElsewhere } from "./storage.ts";

export interface Session {
  readonly userId: string;
  readonly name: string;
  readonly accessToken: string;
  readonly expiresAt: string;
  /** A guest's address and password, which nobody else knows. */
  readonly guest: { readonly email: string; readonly password: string } | null;
}

const KEPT_AS = "session";
/** A token that ends within this time is renewed before it is used. */
const MARGIN_MS = 60_000;

let current = $state.raw<Session | null>(keptJson<Session>(KEPT_AS));

onChangeElsewhere((name) => {
  if (name === KEPT_AS) current = keptJson<Session>(KEPT_AS);
});

/** Who is signed in, or null; reading it in a component follows it. */
export function session(): Session | null {
  return current;
}

/** The header of calls that need to know who asks. */
export async function bearer(): Promise<{ Authorization: string }> {
  const left = current ? Date.parse(current.expiresAt) - serverNow() : 0;
  if (current?.guest && left < MARGIN_MS) await renewGuest(current);
  return { Authorization: `Bearer ${current?.accessToken ?? ""}` };
}

/** Sign in. Throws Refused. */
export async function signIn(email: string, password: string): Promise<void> {
  const body = { email, password };
  const opened = await answered(api.POST("/v1/sessions", { body }));
  const headers = { Authorization: `Bearer ${opened.access_token}` };
  const me = await answered(api.GET("/v1/me", { headers }));
  put({
    userId: me.id,
    name: me.name ?? email,
    accessToken: opened.access_token,
    expiresAt: opened.expires_at,
    guest: null,
  });
}

/** Make a user and sign them in. Throws Refused. */
export async function signUp(name: string, email: string, password: string): Promise<void> {
  put({ ...(await make(name, email, password)), guest: null });
}

/** Make a user whose address and password only this browser knows. Throws Refused. */
export async function continueAsGuest(name: string): Promise<void> {
  // No mail can ever be sent to a domain under .invalid (RFC 2606).
  const guest = { email: `guest-${newKey()}@guest.invalid`, password: newKey() };
  put({ ...(await make(name, guest.email, guest.password)), guest });
}

/** Forget who it was. A guest's tickets are lost with it, so ask before. */
export function signOut(): void {
  put(null);
}

/** The server no longer knows the token. A guest gets a new one; anybody else has to sign in. */
export async function signedOutByServer(): Promise<void> {
  if (!current?.guest) put(null);
  else await renewGuest(current).catch(() => put(null));
}

async function make(
  name: string,
  email: string,
  password: string,
): Promise<Omit<Session, "guest">> {
  const body = { name, email, password };
  const made = await answered(api.POST("/v1/users", { body }));
  return {
    userId: made.user.id,
    name,
    accessToken: made.access_token,
    expiresAt: made.expires_at,
  };
}

async function renewGuest(known: Session): Promise<void> {
  if (!known.guest) return;
  const opened = await answered(api.POST("/v1/sessions", { body: known.guest }));
  put({ ...known, accessToken: opened.access_token, expiresAt: opened.expires_at });
}

function put(next: Session | null): void {
  current = next;
  keep(KEPT_AS, next && JSON.stringify(next));
}
