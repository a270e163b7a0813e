// Concerts that orders belong to, each asked for once.
import { answered, api, type Schemas } from "../api/client.ts";
import { SvelteMap } from "svelte/reactivity";

type Concert = Schemas["ConcertWithDates"];

const known = new SvelteMap<string, Concert | null>();
const asked = new Set<string>();

/** A concert by its id; null while it is not there. Reading it in a component follows it. */
export function concertOf(id: string): Concert | null {
  if (!asked.has(id)) {
    asked.add(id);
    const params = { path: { concert_id: id } };
    answered(api.GET("/v1/concerts/{concert_id}", { params })).then(
      (concert) => known.set(id, concert),
      () => asked.delete(id), // The page shows the id meanwhile, and asks when it is shown again.
    );
  }
  return known.get(id) ?? null;
}

/** When a performance of a concert begins, if that is known. */
export function startOf(concert: Concert | null, performance: string): string | null {
  return concert?.dates.find((date) => date.id === performance)?.starts_at ?? null;
}
