// Web Push: the browser is notified of its fan's turn, or of the opening, with the page closed. The
// service worker (sw.js) shows what comes.
import { answered, api } from "../../api/client.ts";
import { currentLanguage } from "../../i18n/language.svelte.ts";
import { bearer } from "../accounts/session.svelte.ts";
import { queueToken } from "./passes.svelte.ts";

/** Ask to be notified once: of the fan's turn where they have a place, else of the opening. False where
 * the browser has no Web Push, or its service says no. Throws Refused. */
export async function askForPush(concert: string): Promise<boolean> {
  const subscription = await subscribed().catch(() => null);
  const keys = subscription?.toJSON().keys;
  const { p256dh, auth } = keys ?? {};
  if (!subscription || !p256dh || !auth) return false;
  const place = queueToken(concert);
  const body = {
    kind: place ? ("turn" as const) : ("opening" as const),
    endpoint: subscription.endpoint,
    p256dh,
    auth,
    language: currentLanguage(),
    ...(!place && { concert_id: concert }),
  };
  const headers = { ...(await bearer()), ...(place && { "Queue-Token": place }) };
  await answered(api.POST("/v1/push-notices", { body, headers }));
  return true;
}

async function subscribed(): Promise<PushSubscription | null> {
  await navigator.serviceWorker.register("/sw.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const { public_key } = await answered(api.GET("/v1/push-notices/key"));
  const options = { userVisibleOnly: true, applicationServerKey: public_key };
  try {
    return await pushManager.subscribe(options);
  } catch (error) {
    // One of an earlier key of the server is in the way.
    const old = await pushManager.getSubscription();
    if (!old) throw error;
    await old.unsubscribe();
    return pushManager.subscribe(options);
  }
}
