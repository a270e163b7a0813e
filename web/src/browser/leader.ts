// One tab of a browser does what need be done only once. Tabs compete under a name; the one that
// the fan looks at takes the lead, because the timers of hidden tabs are slow.
//
// Always holds: a tab that leads hears when another has taken over. With the browser's locks the
// lead is free the moment a tab is gone. Without them (every page that came by plain HTTP from
// another machine) it is a lease in localStorage that ends by itself.
import { keep, keptJson, onChangeElsewhere } from "./storage.ts";

/** Take part; `lead` is called at once, and on every change. Returns how to leave. */
export function compete(name: string, lead: (leads: boolean) => void): () => void {
  const ended = new AbortController();
  let leads = false;
  const tell = (now: boolean): void => {
    if (ended.signal.aborted || now === leads) return;
    leads = now;
    lead(now);
  };
  const race = navigator.locks
    ? byLock(name, tell, ended.signal)
    : byLease(name, tell, ended.signal);
  const look = (): void => {
    if (document.visibilityState === "visible" && !leads) race.take();
  };
  document.addEventListener("visibilitychange", look);
  ended.signal.addEventListener("abort", () => {
    document.removeEventListener("visibilitychange", look);
  });
  if (document.visibilityState === "visible") race.take();
  else race.wait();
  return () => ended.abort();
}

interface Race {
  /** Take the lead from the tab that has it. */
  take(): void;
  /** Be the next when that tab goes. */
  wait(): void;
}

function byLock(name: string, tell: (leads: boolean) => void, ended: AbortSignal): Race {
  /** The request that has the lock now, and whether one waits for it. */
  let holder: symbol | null = null;
  let waits = false;
  const hold = (steal: boolean): void => {
    if (!steal && waits) return;
    waits ||= !steal;
    const mine = Symbol();
    // A lock cannot be stolen and waited for at once.
    const options: LockOptions = steal ? { steal } : { signal: ended };
    const held = navigator.locks.request(name, options, () => {
      if (!steal) waits = false;
      holder = mine;
      tell(true);
      return new Promise<void>((release) => {
        if (ended.aborted) release();
        else ended.addEventListener("abort", () => release(), { once: true });
      });
    });
    held.catch(() => {
      // It was stolen, perhaps by this tab itself.
      if (ended.aborted || holder !== mine) return;
      holder = null;
      tell(false);
      hold(false);
    });
  };
  return { take: () => hold(true), wait: () => hold(false) };
}

interface Lease {
  readonly tab: string;
  readonly until: number;
}

const LEASE_MS = 5_000;
const RENEW_MS = 1_000;

function byLease(name: string, tell: (leads: boolean) => void, ended: AbortSignal): Race {
  const tab = `${Date.now()}-${Math.random()}`;
  const keptAs = `lead:${name}`;
  const write = (): void => {
    keep(keptAs, JSON.stringify({ tab, until: Date.now() + LEASE_MS } satisfies Lease));
  };
  const look = (): void => {
    const lease = keptJson<Lease>(keptAs);
    const isOurs = lease?.tab === tab;
    // Of two tabs that write at the same moment, the later one is found here by both.
    tell(isOurs);
    if (isOurs || !lease || lease.until < Date.now() || lease.until > Date.now() + LEASE_MS)
      write();
  };
  const timer = setInterval(look, RENEW_MS);
  const forget = onChangeElsewhere((changed) => {
    if (changed === keptAs && keptJson<Lease>(keptAs) !== null) look();
  });
  const free = (): void => {
    if (keptJson<Lease>(keptAs)?.tab === tab) keep(keptAs, null);
  };
  addEventListener("pagehide", free);
  ended.addEventListener("abort", () => {
    clearInterval(timer);
    forget();
    removeEventListener("pagehide", free);
    free();
  });
  return {
    take() {
      write();
      look();
    },
    wait: look,
  };
}
