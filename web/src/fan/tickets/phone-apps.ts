// Which wallet apps a device can have. Pure.
import type { Schemas } from "../../api/client.ts";

export type App = Schemas["SignInSettings"]["phone_tickets"][number];

/** Those of the apps that are there on a device with this user agent; where it is no phone, all: a
 * ticket can be sent on from there. */
export function appsOf(apps: readonly App[], userAgent: string): App[] {
  const other: App | "" = /Android/.test(userAgent)
    ? "apple"
    : /iPhone|iPad|iPod/.test(userAgent)
      ? "google"
      : "";
  return apps.filter((app) => app !== other);
}
