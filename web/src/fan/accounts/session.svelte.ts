// Who the fan is: the access token and what it takes to get a new one. Shared by all tabs.
//
// Always holds: a guest is forgotten only by an act of the fan, or when the server says that there
// is no such guest; never because an answer did not come.
import { answered, api, asRefused, renewBy, type Schemas } from "../../api/client.ts";
import { serverNow } from "../../time/now.svelte.ts";
import { isGone, makeAccount, makeGuest, openGuest, type Guest } from "./accounts.ts";
import { forgetTicketsBut } from "../tickets/kept-tickets.ts";
import { keep, keptJson, onChangeElsewhere } from "../../browser/storage.ts";

export interface Session {
  readonly userId: string;
  readonly name: string;
  /** Of an account; to sign in again when the session has ended. */
  readonly email?: string;
  /** Where mails about orders went last. */
  readonly mailTo?: string;
  readonly accessToken: string;
  readonly expiresAt: string;
  /** What a guest comes back with, which only this browser knows. */
  readonly guest: Guest | null;
}

const KEPT_AS = "session";
/** A token that ends within this time is renewed before it is used. */
const MARGIN_MS = 60_000;

let current = $state.raw<Session | null>(null);
/** The tokens that this user has had here: a call that was made with one of them may be repeated. */
const had = new Set<string>();
let ended = $state.raw<Session | null>(null);
let renewing: Promise<void> | null = null;

become(keptJson<Session>(KEPT_AS));

onChangeElsewhere((name) => {
  if (name === KEPT_AS) become(keptJson<Session>(KEPT_AS));
});

renewBy(async (old) => {
  // A call of another user's is not ours to repeat.
  if (!current || !had.has(old)) return null;
  // Another call, or another tab, may have renewed it already.
  if (authorization(current) === old) await signedOutByServer();
  return current && authorization(current);
});

/** Who is signed in, or null; reading it in a component follows it. */
export function session(): Session | null {
  return current;
}

/** Whose session the server has ended, until the next sign-in. */
export function endedSession(): Session | null {
  return ended;
}

/** The header of calls that need to know who asks. */
export async function bearer(): Promise<{ Authorization: string }> {
  const left = current ? Date.parse(current.expiresAt) - serverNow() : 0;
  if (current?.guest && left < MARGIN_MS) await signedOutByServer();
  return { Authorization: `Bearer ${current?.accessToken ?? ""}` };
}

/** Sign in. Throws Refused. */
export async function signIn(email: string, password: string): Promise<void> {
  const body = { email, password };
  await open(await answered(api.POST("/v1/sessions", { body })));
}

/** Be the fan of an account that the server has signed in. Throws Refused. */
export async function open(opened: Schemas["Session"]): Promise<void> {
  const headers = { Authorization: `Bearer ${opened.access_token}` };
  const me = await answered(api.GET("/v1/me", { headers }));
  put({
    userId: me.id,
    name: me.name ?? me.email ?? "",
    ...(me.email && { email: me.email }),
    accessToken: opened.access_token,
    expiresAt: opened.expires_at,
    guest: null,
  });
}

/** Make a user and sign them in. Throws Refused. */
export async function signUp(name: string, email: string, password: string): Promise<void> {
  put({ ...(await makeAccount(name, email, password)), name, email, guest: null });
}

/** Make a guest, whose key only this browser knows; one who is here already stays. Throws
 * Refused. */
export async function continueAsGuest(name: string): Promise<void> {
  if (keptJson<Session>(KEPT_AS)?.guest) return;
  put({ ...(await makeGuest()), name });
  // Ask the browser not to clear what it keeps for us when it runs short of room. Not there by plain
  // HTTP; and a browser may refuse.
  void navigator.storage?.persist?.().catch(() => false);
}

/** Remember where mails about orders go. */
export function mailTo(address: string): void {
  if (current) put({ ...current, mailTo: address });
}

/** The fan is called something else now, or has another address. */
export function changed(to: { name: string } | { email: string }): void {
  if (current) put({ ...current, ...to });
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
  void import("../../offline/offline.ts").then(({ stop }) => stop());
}

/** The server no longer takes the token. A guest gets a new one; for an account the session is
 * over. Throws Refused when the server cannot say. */
async function signedOutByServer(): Promise<void> {
  const known = current;
  if (!known) return;
  if (!known.guest) return end(known);
  renewing ??= renewGuest(known).finally(() => (renewing = null));
  await renewing;
}

async function renewGuest(known: Session): Promise<void> {
  if (!known.guest) return;
  try {
    put({ ...known, ...(await openGuest(known.guest)) });
  } catch (error) {
    const refused = asRefused(error);
    if (!isGone(refused.slug)) throw refused;
    end(known);
  }
}

function end(known: Session): void {
  put(null);
  ended = known;
}

function put(next: Session | null): void {
  become(next);
  forgetTicketsBut(next?.userId ?? null);
  keep(KEPT_AS, next && JSON.stringify(next));
}

function become(next: Session | null): void {
  if (next?.userId !== current?.userId) had.clear();
  if (next) had.add(authorization(next));
  current = next;
  ended = null;
}

function authorization(of: Session): string {
  return `Bearer ${of.accessToken}`;
}
