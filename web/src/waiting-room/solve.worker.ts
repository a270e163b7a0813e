// Solves an ALTCHA challenge beside the page, so that the page stays quick meanwhile.
import { solveChallenge, type Challenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";

addEventListener("message", (event: MessageEvent<Challenge>) => {
  void solve(event.data);
});

async function solve(challenge: Challenge): Promise<void> {
  const solution = await solveChallenge({ challenge, deriveKey }).catch(() => null);
  postMessage(solution && btoa(JSON.stringify({ challenge, solution })));
}
