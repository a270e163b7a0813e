// Solves an ALTCHA challenge beside the page, so that the page stays quick meanwhile.
import { solveChallenge, type Challenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";
import { pbkdf2 } from "./pbkdf2.ts";

/** A slow device without help from its browser takes minutes. */
const PATIENCE_MS = 300_000;

addEventListener("message", (event: MessageEvent<Challenge>) => {
  void solve(event.data);
});

async function solve(challenge: Challenge): Promise<void> {
  const derive = crypto.subtle ? deriveKey : deriveWithoutHelp;
  const solution = await solveChallenge({
    challenge,
    deriveKey: derive,
    timeout: PATIENCE_MS,
  }).catch(() => null);
  postMessage(solution && btoa(JSON.stringify({ challenge, solution })));
}

const deriveWithoutHelp: typeof deriveKey = (parameters, salt, password) => {
  if (parameters.algorithm !== "PBKDF2/SHA-256") return deriveKey(parameters, salt, password);
  const { cost, keyLength = 32 } = parameters;
  const derivedKey = pbkdf2(password, salt, cost, keyLength);
  return Promise.resolve({ parameters: {}, derivedKey } as Awaited<ReturnType<typeof deriveKey>>);
};
