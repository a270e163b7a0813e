// The concerts that the console can show, each with its queues and dates.
import { answered, api, type Schemas } from "../../api/client.ts";
import { named } from "../../i18n/names.ts";
import type { Language } from "../../i18n/language.ts";
import { serverNow } from "../../time/now.svelte.ts";
import { headers } from "./bearer.ts";

export type Concert = Schemas["OperatorsConcert"];

/** A queue that can be shown: of a concert's general sale, or of a phase. */
export interface Queue {
  readonly id: string;
  readonly title: string;
}

const PAGES_MAX = 50;
const PER_PAGE = 100;

let listed = $state.raw<readonly Concert[]>([]);
let readAt = $state<number | null>(null);

/** All concerts of the operator's roles; reading them in a component follows them. */
export function concerts(): readonly Concert[] {
  return listed;
}

/** When the list was read last; null before that. */
export function concertsAt(): number | null {
  return readAt;
}

/** The concert of a queue, or undefined while it is not known. */
export function concertOf(queue: string | null): Concert | undefined {
  return listed.find(({ queues }) => queues.some(({ id }) => id === queue));
}

/** On which clocks times of a concert, or of one of its queues, are shown; null while it is not known. */
export function zoneOf(queue: string | null): string | null {
  return concertOf(queue)?.time_zone ?? null;
}

/** The queues of a concert in a language, its general sale first. */
export function queuesOf(concert: Concert, language: Language): Queue[] {
  const { title, queues } = named(concert, language);
  return queues.map(({ id, name }) => ({
    id,
    title: name === null ? title : `${title} · ${name}`,
  }));
}

/** Read the list anew. Throws Refused. */
export async function loadConcerts(): Promise<void> {
  const found: Concert[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_MAX; page++) {
    const query: { limit: number; cursor?: string } = { limit: PER_PAGE };
    if (cursor !== null) query.cursor = cursor;
    const asked = api.GET("/v1/admin/concerts", { params: { query }, headers: headers() });
    const answer: Schemas["OperatorsConcerts"] = await answered(asked);
    found.push(...answer.concerts);
    cursor = answer.next_cursor;
    if (cursor === null) break;
  }
  listed = found;
  readAt = serverNow();
}
