// When something that was asked for is asked for again.

/** Call `ask` when the network is back or the fan looks again, if the last try `failed`; and every
 * `everyMs` while the fan looks, at once after a pause as long. Returns how to stop. */
export function again(ask: () => void, failed: () => boolean, everyMs: number): () => void {
  let asked = Date.now();
  const turn = (): void => {
    if (document.visibilityState !== "visible") return;
    if (!failed() && Date.now() - asked < everyMs) return;
    asked = Date.now();
    ask();
  };
  const timer = everyMs < Infinity ? setInterval(turn, everyMs) : undefined;
  addEventListener("online", turn);
  document.addEventListener("visibilitychange", turn);
  return () => {
    clearInterval(timer);
    removeEventListener("online", turn);
    document.removeEventListener("visibilitychange", turn);
  };
}
