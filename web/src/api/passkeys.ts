// Passkeys: what the server asks, what the browser's device answers.
//
// Always holds: one question is open at a time, because a browser refuses a second one. The quiet one,
// which shows passkeys among the suggestions of a field, gives way to one that the fan asked for.
import { answered, api, type Schemas } from "./client.ts";

/** The fan closed the question, or has no passkey here; nothing is to be said of it. */
export class Declined extends Error {}

let quiet: AbortController | null = null;

/** Whether this browser knows passkeys; not by plain HTTP. */
export function knowsPasskeys(): boolean {
  return typeof window.PublicKeyCredential === "function";
}

/** What a device has signed. */
export interface Signed {
  readonly challenge: string;
  readonly credential: PublicKeyCredential;
}

/** Ask for a passkey. Throws Refused or Declined. */
export async function askForPasskey(): Promise<Signed> {
  suggestNoPasskeys();
  return get({});
}

/** Wait until the fan chooses a passkey among the suggestions of a field with
 * `autocomplete="… webauthn"`; null where the browser has no such suggestions, or when another question
 * took over. Throws Refused. */
export async function suggestedPasskey(): Promise<Signed | null> {
  if (!knowsPasskeys()) return null;
  const has = PublicKeyCredential.isConditionalMediationAvailable;
  if (typeof has !== "function" || !(await has.call(PublicKeyCredential))) return null;
  const mine = new AbortController();
  quiet?.abort();
  quiet = mine;
  try {
    return await get({ mediation: "conditional", signal: mine.signal });
  } catch (error) {
    if (error instanceof Declined) return null;
    throw error;
  }
}

/** Stop to suggest passkeys. */
export function suggestNoPasskeys(): void {
  quiet?.abort();
  quiet = null;
}

/** Have the device make a passkey for the account. Throws Refused or Declined. */
export async function makePasskey(
  body: { password?: string },
  name: string,
  headers: { Authorization: string },
): Promise<Schemas["Passkey"]> {
  suggestNoPasskeys();
  const begun = await answered(api.POST("/v1/me/passkeys", { body, headers }));
  const made = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: new TextEncoder().encode(begun.challenge),
        rp: { id: begun.domain, name: begun.domain },
        user: {
          id: bytes(begun.user_handle),
          name: begun.user_name,
          displayName: begun.display_name,
        },
        pubKeyCredParams: begun.algorithms.map((alg) => ({ type: "public-key", alg })),
        excludeCredentials: begun.exclude.map((id) => ({ type: "public-key", id: bytes(id) })),
        authenticatorSelection: {
          residentKey: "required",
          requireResidentKey: true,
          userVerification: "required",
        },
        attestation: "none",
      },
    }),
  );
  const { clientDataJSON, attestationObject } = made.response as AuthenticatorAttestationResponse;
  return answered(
    api.POST("/v1/me/passkeys/completion", {
      body: {
        challenge: begun.challenge,
        credential_id: text(made.rawId),
        client_data: text(clientDataJSON),
        attestation_object: text(attestationObject),
        name,
      },
      headers,
    }),
  );
}

async function get(how: Pick<CredentialRequestOptions, "mediation" | "signal">): Promise<Signed> {
  const { challenge, domain } = await answered(api.POST("/v1/passkey-sign-ins"));
  const credential = await asked(() =>
    navigator.credentials.get({
      ...how,
      publicKey: {
        challenge: new TextEncoder().encode(challenge),
        rpId: domain,
        userVerification: "required",
      },
    }),
  );
  return { challenge, credential };
}

/** Sign in with what a device has signed. Throws Refused. */
export function signInWith(
  { challenge, credential }: Signed,
  more: { short?: boolean } = {},
): Promise<Schemas["Session"]> {
  const given = credential.response as AuthenticatorAssertionResponse;
  return answered(
    api.POST("/v1/passkey-sign-ins/completion", {
      body: {
        challenge,
        credential_id: text(credential.rawId),
        client_data: text(given.clientDataJSON),
        authenticator_data: text(given.authenticatorData),
        signature: text(given.signature),
        ...(given.userHandle && { user_handle: text(given.userHandle) }),
        ...more,
      },
    }),
  );
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const given = await ask();
    if (given !== null) return given as PublicKeyCredential;
  } catch (error) {
    // What a browser throws when the fan says no, the question is over, or there is such a key already.
    if (!(error instanceof DOMException)) throw error;
    throw new Declined(error.name, { cause: error });
  }
  throw new Declined("none");
}

function text(content: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(content));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
