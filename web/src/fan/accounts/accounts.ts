// Making accounts and guests, and opening a guest's session again: the calls alone, nothing is kept
// here. Where the server asks for a proof of work, it is solved on the way.
import { answered, api, asRefused, type Schemas } from "../../api/client.ts";
import { consent } from "../consent/terms.svelte.ts";
import { solve } from "../proof-of-work/solve.ts";

/** What a guest comes back with: a key, or of guests of earlier pages an address and a password. */
export type Guest =
  { readonly key: string } | { readonly email: string; readonly password: string };

export interface Opened {
  readonly userId: string;
  readonly accessToken: string;
  readonly expiresAt: string;
}

/** How one may sign in here. Throws Refused. */
export function signInSettings(): Promise<Schemas["SignInSettings"]> {
  return answered(api.GET("/v1/settings"));
}

/** Make an account, or have its link mailed; `language` is that of the mail. Throws Refused. */
export function askForAccount(
  wanted: Pick<Schemas["SignUp"], "name" | "email" | "password" | "language">,
): Promise<Schemas["SignedUp"] | undefined> {
  const body = { ...wanted, ...consent() };
  return proven((proof) => answered(api.POST("/v1/users", { body: { ...body, ...proof } })));
}

/** Make an account, where it needs no mail. Throws Refused. */
export async function makeAccount(name: string, email: string, password: string): Promise<Opened> {
  return opened((await askForAccount({ name, email, password }))!);
}

/** Make a guest. Throws Refused. */
export async function makeGuest(): Promise<Opened & { guest: Guest }> {
  return withKey(await proven((proof) => answered(api.POST("/v1/guests", { body: proof }))));
}

/** Open a guest's session again. Throws Refused. */
export async function openGuest(guest: Guest): Promise<Omit<Opened, "userId"> & { guest: Guest }> {
  if ("key" in guest) {
    const body = { guest_key: guest.key };
    return withKey(await answered(api.POST("/v1/guests/sessions", { body })));
  }
  const again = await answered(api.POST("/v1/sessions", { body: guest }));
  return { accessToken: again.access_token, expiresAt: again.expires_at, guest };
}

/** Whether a refusal says that there is no such guest any more. */
export function isGone(slug: string): boolean {
  return slug === "guest-key-invalid" || slug === "wrong-credentials";
}

function withKey(made: Schemas["Guest"]): Opened & { guest: Guest } {
  return { ...opened(made), guest: { key: made.guest_key } };
}

function opened(made: Schemas["SignedUp"] | Schemas["Guest"]): Opened {
  return {
    userId: made.user.id,
    accessToken: made.access_token,
    expiresAt: made.expires_at,
  };
}

async function proven<T>(make: (proof: { altcha?: string }) => Promise<T>): Promise<T> {
  try {
    return await make({});
  } catch (error) {
    if (asRefused(error).slug !== "proof-of-work-required") throw error;
    const altcha = await solve(await answered(api.GET("/v1/users/challenge")));
    if (altcha === null) throw error;
    return make({ altcha });
  }
}
