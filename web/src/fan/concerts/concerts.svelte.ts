// Concerts that orders belong to. Each is asked for once, and again only when no answer came.
import { SvelteMap } from "svelte/reactivity";
import { answered, api, asRefused, type Schemas } from "../../api/client.ts";
import { currentLanguage } from "../../i18n/language.svelte.ts";
import { named } from "../../i18n/names.ts";
import { nextAfter } from "../calls/next.ts";
import { again } from "../calls/again.ts";

type Concert = Schemas["ConcertWithDates"];

const known = new SvelteMap<string, Concert | null>();
/** What was asked for: whether the answer is on its way, there, or did not come. */
const asked = new Map<string, "asking" | "answered" | "failed">();

again(
  () => {
    for (const [id, how] of asked) if (how === "failed") void ask(id);
  },
  () => [...asked.values()].includes("failed"),
  Infinity,
);

/** A concert by its id, with the names of the current language; null while it is not there. Reading
 * it in a component follows it. */
export function concertOf(id: string): Concert | null {
  if (!asked.has(id)) void ask(id);
  return named(known.get(id) ?? null, currentLanguage());
}

async function ask(id: string): Promise<void> {
  asked.set(id, "asking");
  try {
    const params = { path: { concert_id: id } };
    const concert = await answered(api.GET("/v1/concerts/{concert_id}", { params }));
    asked.set(id, "answered");
    known.set(id, concert);
  } catch (error) {
    const passes = nextAfter(asRefused(error).slug) === "retry";
    asked.set(id, passes ? "failed" : "answered");
  }
}

/** When a performance of a concert begins, on the venue's clocks if they are known. */
export function startOf(concert: Concert | null, performance: string): string | null {
  const date = concert?.dates.find(({ id }) => id === performance);
  return date?.starts_at_local ?? date?.starts_at ?? null;
}
