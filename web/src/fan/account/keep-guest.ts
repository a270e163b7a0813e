// Moves what the guest of this browser has into an account, and is that account then.
//
// Always holds: the guest stays here until the server has moved everything. An account that was made
// for it is signed in to again, and not made a second time.
import { answered, api, type Schemas } from "../../api/client.ts";
import { keep, kept, keptNames } from "../../browser/storage.ts";
import { makeAccount } from "../accounts/accounts.ts";
import { open, session } from "../accounts/session.svelte.ts";

export interface Wanted {
  readonly way: "signIn" | "signUp";
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** A guest of this browser with a key. */
export interface KeptGuest {
  readonly userId: string;
  readonly key: string;
}

export type Opened = Schemas["Session"];

/** The guest of this browser; null for an account, and for guests of earlier pages, who have none. */
export function guestWithKey(): KeptGuest | null {
  const now = session();
  return now?.guest && "key" in now.guest ? { userId: now.userId, key: now.guest.key } : null;
}

export class GuestKeeper {
  #opened: Opened | null = null;

  /** Sign in or up, or be the one who is signed in already; move everything, and be the account.
   * Throws Refused. */
  async run(guest: KeptGuest, wanted: Wanted | Opened): Promise<void> {
    this.#opened ??= "access_token" in wanted ? wanted : await enter(wanted);
    const opened = this.#opened;
    const places = keptNames(`place:${guest.userId}:`);
    const body = {
      guest_key: guest.key,
      queue_tokens: places.map((name) => kept(name) ?? "").filter((token) => token !== ""),
    };
    const headers = { Authorization: `Bearer ${opened.access_token}` };
    const moved = await answered(api.POST("/v1/me/guests", { body, headers }));
    await open(opened);
    const account = session()?.userId ?? "";
    for (const place of moved.places) {
      keep(`place:${account}:${place.concert_id}`, place.queue_token);
      for (const kind of ["place", "pass"])
        keep(`${kind}:${guest.userId}:${place.concert_id}`, null);
    }
  }
}

async function enter({ way, name, email, password }: Wanted): Promise<Opened> {
  if (way === "signIn") {
    return answered(api.POST("/v1/sessions", { body: { email, password } }));
  }
  const made = await makeAccount(name, email, password);
  return { access_token: made.accessToken, expires_at: made.expiresAt };
}
