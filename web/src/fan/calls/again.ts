// When a call is retried or refreshed.

/** Call `ask` when the network is back or the tab is visible again, if the last try `failed`; and
 * every `everyMs` while the tab is visible. Returns how to stop. */
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
