// Hands a challenge to the worker and waits for its solution.
import type { Schemas } from "../../api/client.ts";
// The build makes a classic worker of it: modules in workers are younger than our oldest browsers.
import SolveWorker from "./solve.worker.ts?worker";

/** The solution as joining takes it; null if this device could not find one. */
export function solve(challenge: Schemas["Challenge"]): Promise<string | null> {
  const worker = new SolveWorker();
  return new Promise<string | null>((done) => {
    worker.onmessage = (event: MessageEvent<string | null>) => done(event.data);
    worker.onerror = () => done(null);
    worker.postMessage(challenge);
  }).finally(() => worker.terminate());
}
