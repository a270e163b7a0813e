// The list of concerts as a fan wants it: searched, filtered, sorted. Pure.
//
// A filter that the address has stays when the fan comes back; an empty text filters nothing.
import type { Schemas } from "../../api/client.ts";
import type { Language } from "../../i18n/language.ts";
import { dayOf, monthOf, monthsBetween } from "../../i18n/months.ts";
import { named } from "../../i18n/names.ts";
import { saleOf, type Sale } from "./sale-state.ts";

type Concert = Schemas["ListedConcert"];

/** From this number of concerts on, filters are of use. */
export const FILTERS_FROM = 12;
export const SORTS = ["listing", "date", "opening", "price"] as const;
const SALES: readonly Sale[] = [
  "on_sale",
  "presale",
  "soon",
  "paused",
  "draining",
  "sold_out",
  "over",
];
/** Of one concert; a filter of more is of no use. */
const MONTHS_MAX = 24;

export interface Filter {
  search: string;
  city: string;
  month: string;
  sale: Sale | "";
  sort: (typeof SORTS)[number];
}

export const NO_FILTER: Readonly<Filter> = {
  search: "",
  city: "",
  month: "",
  sale: "",
  sort: "listing",
};

/** What can be chosen in a list: only what some concert has. */
export interface Choices {
  readonly cities: readonly string[];
  readonly months: readonly string[];
  readonly sales: readonly Sale[];
}

/** The city of a venue: what stands after the last comma, or nothing. */
export function cityOf(concert: Pick<Concert, "venue" | "venue_en">, language: Language): string {
  const { venue } = named(concert, language);
  const at = venue.lastIndexOf(",");
  return at < 0 ? "" : venue.slice(at + 1).trim();
}

/** The months from a concert's first date to its last. */
export function monthsOf(concert: Concert): string[] {
  const first = concert.first_performance_at_local ?? concert.first_performance_at;
  const last = concert.last_performance_at_local ?? concert.last_performance_at;
  return monthsBetween(monthOf(dayOf(first)), monthOf(dayOf(last)), MONTHS_MAX);
}

export function choicesOf(concerts: readonly Concert[], now: number, language: Language): Choices {
  const sales = new Set(concerts.map((concert) => saleOf(concert, concert, now)));
  return {
    cities: unique(concerts.map((concert) => cityOf(concert, language))),
    months: unique(concerts.flatMap(monthsOf)),
    sales: SALES.filter((sale) => sales.has(sale)),
  };
}

/** The concerts that a filter lets through, in its order; of equals the operator's order holds. A
 * city that no concert has, such as one of the other language, filters nothing. */
export function wanted(
  concerts: readonly Concert[],
  filter: Filter,
  now: number,
  language: Language,
): Concert[] {
  const isThere = concerts.some((concert) => cityOf(concert, language) === filter.city);
  const city = isThere ? filter.city : "";
  const words = folded(filter.search).split(/\s+/).filter(Boolean);
  const found = concerts.filter(
    (concert) =>
      words.every((word) => textOf(concert).includes(word)) &&
      (city === "" || cityOf(concert, language) === city) &&
      (filter.month === "" || monthsOf(concert).includes(filter.month)) &&
      (filter.sale === "" || saleOf(concert, concert, now) === filter.sale),
  );
  const key = KEYS[filter.sort];
  return key === null ? found : found.sort((one, other) => key(one) - key(other));
}

/** What an address says after "?". */
export function readFilter(query: string): Filter {
  const said = new URLSearchParams(query);
  const sort = SORTS.find((name) => name === said.get("sort")) ?? NO_FILTER.sort;
  const sale = SALES.find((name) => name === said.get("state")) ?? "";
  return {
    search: said.get("search") ?? "",
    city: said.get("city") ?? "",
    month: said.get("month") ?? "",
    sale,
    sort,
  };
}

/** The same the other way round: "" when nothing is filtered. */
export function writeFilter({ search, city, month, sale, sort }: Filter): string {
  const said = Object.entries({ search, city, month, state: sale, sort }).filter(
    ([name, value]) => value !== "" && !(name === "sort" && value === NO_FILTER.sort),
  );
  return said.length === 0 ? "" : `?${new URLSearchParams(said).toString()}`;
}

const KEYS: Record<Filter["sort"], ((concert: Concert) => number) | null> = {
  listing: null,
  date: (concert) => Date.parse(concert.first_performance_at),
  opening: (concert) => Date.parse(concert.next_opening_at ?? concert.sale_opens_at),
  price: (concert) => concert.price_from,
};

/** The names in both languages. */
function textOf(concert: Concert): string {
  const { title, artist, venue, title_en, artist_en, venue_en } = concert;
  return folded([title, artist, venue, title_en, artist_en, venue_en].join(" "));
}

/** Letters as a search compares them: composed, and neither large nor small. */
function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== "").sort();
}
