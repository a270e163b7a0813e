// One tab asks for all: of the tabs that wait in the same line, one holds a lock and polls, and the
// others show what it hears. The lock is the browser's, so it is free the moment that tab is gone.

export interface Turns<T> {
  /** Tell the other tabs. */
  tell(news: T): void;
  /** Leave: the next tab takes over. */
  stop(): void;
}

/** Call `lead(true)` when this tab is the one that asks, `lead(false)` when another took over, and
 * `hear` with what another tab tells. Without locks (a page without TLS) every tab asks by itself,
 * which the server allows: they have the same place. */
export function takeTurns<T>(
  name: string,
  lead: (leads: boolean) => void,
  hear: (news: T) => void,
): Turns<T> {
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event: MessageEvent<T>) => hear(event.data);
  const ended = new AbortController();
  if (navigator.locks) compete(name, lead, ended.signal);
  else lead(true);
  return {
    tell(news) {
      // An answer may come when this tab has left already.
      if (!ended.signal.aborted) channel.postMessage(news);
    },
    stop() {
      ended.abort();
      channel.close();
    },
  };
}

/** The tab that the fan looks at takes the lock, because the timers of hidden tabs are slow. */
function compete(name: string, lead: (leads: boolean) => void, ended: AbortSignal): void {
  const look = (): void => {
    if (document.visibilityState === "visible") hold(name, { steal: true }, lead, ended);
  };
  document.addEventListener("visibilitychange", look, { signal: ended });
  hold(name, {}, lead, ended);
}

function hold(
  name: string,
  how: LockOptions,
  lead: (leads: boolean) => void,
  ended: AbortSignal,
): void {
  // A lock cannot be stolen and waited for at once.
  const options = how.steal ? how : { ...how, signal: ended };
  const held = navigator.locks.request(name, options, () => {
    if (ended.aborted) return;
    lead(true);
    return new Promise<void>((release) => {
      ended.addEventListener("abort", () => release(), { once: true });
    });
  });
  held.catch(() => {
    if (ended.aborted) return;
    // Another tab took it: listen, and be the next when that one goes.
    lead(false);
    hold(name, {}, lead, ended);
  });
}
