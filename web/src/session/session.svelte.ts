// Who the fan is: the access token and what it takes to get a new one. Shared by all tabs.
import { answered, api } from "../api/client.ts";
import { serverNow } from "../time/now.svelte.ts";
import { makeAccount, makeGuest, openGuest, type Guest } from "./accounts.ts";
import { keep, keptJson, onChangeElsewhere } from "./storage.ts";

export interface Session {
  readonly userId: string;
  readonly name: string;
  readonly accessToken: string;
  readonly expiresAt: string;
  /** What a guest comes back with, which only this browser knows. */
  readonly guest: Guest | null;
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
  put({ ...(await makeAccount(name, email, password)), name, guest: null });
}

/** Make a guest, whose key only this browser knows. Throws Refused. */
export async function continueAsGuest(name: string): Promise<void> {
  put({ ...(await makeGuest()), name });
}

/** End every session of this user, on whatever device. Throws Refused. */
export async function signOutEverywhere(): Promise<void> {
  const headers = await bearer();
  await answered(api.DELETE("/v1/sessions", { headers }));
  signOut();
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

async function renewGuest(known: Session): Promise<void> {
  if (!known.guest) return;
  put({ ...known, ...(await openGuest(known.guest)) });
}

function put(next: Session | null): void {
  current = next;
  keep(KEPT_AS, next && JSON.stringify(next));
}
