// Tickets without a network: the service worker (sw.js) keeps the page; the codes are in the storage
// of the browser. It starts with the first ticket, so a fan without one loads nothing for it.

const PREFIX = "yemae-page-";

/** Keep the page of tickets in this browser, and ask that what is kept stays. */
export async function start(): Promise<void> {
  try {
    // Neither is there by plain HTTP, and a browser may refuse both.
    await navigator.serviceWorker?.register("/sw.js");
    await navigator.storage?.persist?.();
  } catch {
    return;
  }
}

/** Forget the page: nothing is left of who used this browser. */
export async function stop(): Promise<void> {
  try {
    for (const each of (await navigator.serviceWorker?.getRegistrations()) ?? [])
      await each.unregister();
    for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await caches.delete(name);
  } catch {
    return;
  }
}
