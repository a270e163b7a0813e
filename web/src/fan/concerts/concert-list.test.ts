import { describe, expect, it } from "vitest";
import type { Schemas } from "../../api/client.ts";
import {
  choicesOf,
  cityOf,
  monthsOf,
  NO_FILTER,
  readFilter,
  wanted,
  writeFilter,
} from "./concert-list.ts";

const NOW = Date.parse("2030-01-01T00:00:00Z");

function concert(
  id: string,
  more: Partial<Schemas["ListedConcert"]> = {},
): Schemas["ListedConcert"] {
  return {
    id,
    title: `Concert ${id}`,
    artist: "Testers",
    venue: "작은숲 소극장, 서울",
    title_en: null,
    artist_en: null,
    venue_en: null,
    time_zone: null,
    poster: null,
    currency: "KRW",
    price_from: 50_000,
    seat_limit: 4,
    seat_limit_per_concert: null,
    sale_opens_at: "2029-01-01T00:00:00.000Z",
    sale_opens_at_local: "2029-01-01T09:00:00.000+09:00",
    first_performance_at: "2030-05-03T11:00:00.000Z",
    first_performance_at_local: "2030-05-03T20:00:00.000+09:00",
    last_performance_at: "2030-05-04T11:00:00.000Z",
    last_performance_at_local: "2030-05-04T20:00:00.000+09:00",
    state: "open",
    queueing_method: "fifo",
    next_opening_at: null,
    next_opening_at_local: null,
    schedule: "as_planned",
    ...more,
  };
}

const HERE = concert("here");
const BUSAN = concert("busan", {
  title: "NOVA 9 World Tour",
  venue: "Bay Hall, Busan",
  price_from: 30_000,
  first_performance_at_local: "2030-11-30T20:00:00.000+09:00",
  first_performance_at: "2030-11-30T11:00:00.000Z",
  last_performance_at_local: "2031-01-01T00:30:00.000+09:00",
  last_performance_at: "2030-12-31T15:30:00.000Z",
});
const SOON = concert("soon", {
  venue: "어딘가",
  state: "prequeue",
  next_opening_at: "2030-02-01T00:00:00.000Z",
  first_performance_at: "2030-03-03T11:00:00.000Z",
  first_performance_at_local: "2030-03-03T20:00:00.000+09:00",
});
const ALL = [HERE, BUSAN, SOON];

const ids = (filter: Partial<typeof NO_FILTER>): string[] =>
  wanted(ALL, { ...NO_FILTER, ...filter }, NOW, "ko").map(({ id }) => id);

describe("the list of concerts", () => {
  it("is the operator's without a filter", () => {
    expect(ids({})).toEqual(["here", "busan", "soon"]);
  });

  it("is searched in title, artist and venue, by every word, large or small, composed or not", () => {
    expect(ids({ search: "nova TESTERS" })).toEqual(["busan"]);
    expect(ids({ search: "  " })).toHaveLength(3);
    expect(ids({ search: "소극장".normalize("NFD") })).toEqual(["here"]);
    expect(ids({ search: "nova 소극장" })).toEqual([]);
  });

  it("is searched in English names as well, and a city of the other language filters nothing", () => {
    const both = [concert("both", { title_en: "Before the Snow", venue_en: "Theatre, Seoul" })];
    const found = (filter: Partial<typeof NO_FILTER>, language: "ko" | "en") =>
      wanted(both, { ...NO_FILTER, ...filter }, NOW, language).length;
    expect(found({ search: "before 소극장" }, "ko")).toBe(1);
    expect(found({ city: "Seoul" }, "en")).toBe(1);
    expect(found({ city: "서울" }, "en")).toBe(1);
  });

  it("is filtered by city, month and state, together", () => {
    expect(ids({ city: "Busan" })).toEqual(["busan"]);
    expect(ids({ month: "2030-12" })).toEqual(["busan"]);
    expect(ids({ sale: "soon" })).toEqual(["soon"]);
    expect(ids({ sale: "on_sale", month: "2030-05" })).toEqual(["here"]);
    expect(ids({ sale: "soon", city: "Busan" })).toEqual([]);
  });

  it("is sorted by date, opening and price", () => {
    expect(ids({ sort: "date" })).toEqual(["soon", "here", "busan"]);
    expect(ids({ sort: "opening" })).toEqual(["here", "busan", "soon"]);
    expect(ids({ sort: "price" })).toEqual(["busan", "here", "soon"]);
  });

  it("offers only what some concert has", () => {
    expect(choicesOf(ALL, NOW, "ko")).toEqual({
      cities: ["Busan", "서울"],
      months: ["2030-03", "2030-04", "2030-05", "2030-11", "2030-12", "2031-01"],
      sales: ["on_sale", "soon"],
    });
  });
});

it("a city is what stands after the last comma of the venue", () => {
  expect(cityOf({ venue: "은하 아레나 (Eunha Arena), Seoul", venue_en: null }, "en")).toBe("Seoul");
  expect(cityOf({ venue: "A, B, C", venue_en: null }, "ko")).toBe("C");
  expect(cityOf({ venue: "Hall", venue_en: null }, "ko")).toBe("");
  const both = { venue: "작은숲 소극장, 서울", venue_en: "Little Forest Theatre, Seoul" };
  expect([cityOf(both, "ko"), cityOf(both, "en")]).toEqual(["서울", "Seoul"]);
});

it("the months of a concert are those of the venue's clocks", () => {
  expect(monthsOf(BUSAN)).toEqual(["2030-11", "2030-12", "2031-01"]);
});

describe("a filter in the address", () => {
  it("is read as it was written", () => {
    const filter = {
      search: "nova & 별",
      city: "서울",
      month: "2030-05",
      sale: "sold_out",
      sort: "date",
    } as const;
    expect(readFilter(writeFilter(filter))).toEqual(filter);
    expect(writeFilter(NO_FILTER)).toBe("");
    expect(readFilter("")).toEqual(NO_FILTER);
  });

  it("has no state and no order that are none", () => {
    expect(readFilter("?state=anything&sort=magic")).toEqual(NO_FILTER);
  });
});
