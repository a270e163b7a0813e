// The service worker: the page of a fan's tickets opens without a network, and what the server pushes
// is shown.
//
// Always holds: it keeps files of the page alone and no answer of the API, so no code of a ticket and
// nothing that can grow old. The build puts the list of FILES and its VERSION in front. Files with a
// hash in their name come from here first; the page itself comes from the network, and from here when
// that does not answer. A new version waits until the pages of the old one are closed, so no page
// loses what it is made of.
const PREFIX = "yemae-page-";
const KEPT = PREFIX + VERSION;
const PAGE = "/tickets";
const PAGES = [PAGE, "/my-tickets"];
// A network that is there and says nothing, as in a crowd.
const PATIENCE_MS = 4000;
// The page that switched the notification on was loaded without the service worker.
const WINDOWS = { type: "window", includeUncontrolled: true };

addEventListener("install", (event) => {
  event.waitUntil(keepAll());
});

addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (PAGES.includes(pathname)) event.respondWith(page(request));
  } else if (FILES.includes(pathname)) {
    event.respondWith(file(request, pathname));
  }
});

addEventListener("push", (event) => {
  event.waitUntil(show(event.data.json()));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.path));
});

async function show({ title, body, tag, path }) {
  // A fan who looks at the page hears of it there.
  const pages = await clients.matchAll(WINDOWS);
  const isSeen = ({ url, visibilityState }) =>
    visibilityState === "visible" && new URL(url).pathname === path;
  if (pages.some(isSeen)) return;
  const data = { path };
  await registration.showNotification(title, { body, tag, data, icon: "/icon.svg" });
}

async function open(path) {
  const pages = await clients.matchAll(WINDOWS);
  const found = pages.find(({ url }) => new URL(url).pathname === path);
  await (found ? found.focus() : clients.openWindow(path));
}

async function keepAll() {
  const cache = await caches.open(KEPT);
  await cache.addAll([new Request(PAGE, { cache: "reload" }), ...FILES]);
}

async function forgetOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== KEPT) await caches.delete(name);
  }
}

async function page(request) {
  const kept = await keptAt(PAGE);
  if (!kept) return fetch(request);
  let timer;
  const late = new Promise((give) => {
    timer = setTimeout(() => give(kept), PATIENCE_MS);
  });
  try {
    const answer = await Promise.race([fetch(request), late]);
    // What stands in for a server that is down, such as a proxy.
    return answer.status >= 500 ? kept : answer;
  } catch {
    return kept;
  } finally {
    clearTimeout(timer);
  }
}

async function file(request, path) {
  return (await keptAt(path)) ?? fetch(request);
}

async function keptAt(path) {
  return (await caches.open(KEPT)).match(path, { ignoreVary: true });
}
