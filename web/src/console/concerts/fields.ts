// Every field of a concert file, by table: what the form asks for. The rules are the server's, which
// names the field that breaks one. Pure.

export type Value = string | number | boolean | readonly Value[] | Table;
/** A table of the file, or the file itself. */
export interface Table {
  [name: string]: Value | undefined;
}

type Named = "text" | "long" | "whole" | "number" | "yes" | "moment" | "lines" | "prices";
export type Kind = Named | readonly string[];

export interface FieldOf {
  readonly name: string;
  readonly kind: Kind;
  readonly required?: boolean;
}

export interface TableOf {
  readonly name: string;
  /** The fields; `name!` is required. */
  readonly fields: readonly FieldOf[];
  /** The tables inside. */
  readonly tables: readonly TableOf[];
  readonly many: boolean;
}

/** Fields from `name:kind`, with `!` behind those that are required. */
function fields(...all: readonly string[]): FieldOf[] {
  return all.map((each) => {
    const [name = "", kind = "text"] = each.replace("!", "").split(":");
    const choices = kind.includes("|") ? kind.split("|") : (kind as Kind);
    return { name, kind: choices, required: each.endsWith("!") };
  });
}

function many(name: string, of: FieldOf[], tables: TableOf[] = []): TableOf {
  return { name, fields: of, tables, many: true };
}

function one(name: string, of: FieldOf[], tables: TableOf[] = []): TableOf {
  return { name, fields: of, tables, many: false };
}

const LANES = many(
  "lanes",
  fields("name!", "share:whole!", "codes:lines", "keep_codes:yes", "group"),
);
const GAPS = ["rotation:number", "curve:number", "seat_gap:number", "row_gap:number"];

export const SECTIONS = many(
  "sections",
  fields("name!", "name_en", "grade!", "rows:lines!", "floor", "floor_en", "numbering"),
  [
    one(
      "layout",
      fields(
        "x:number",
        "y:number",
        "distance:number",
        ...GAPS,
        "middle:number",
        "align:center|left|right",
        "reversed:yes",
      ),
    ),
    many("parts", fields("grade!", "rows:lines!")),
  ],
);

/** The parts of the form, in its order: fields of the file itself, and its tables. */
export const PARTS: Readonly<
  Record<string, { readonly fields: readonly FieldOf[]; readonly tables: readonly TableOf[] }>
> = {
  basics: {
    fields: fields(
      "id!",
      "title!",
      "title_en",
      "artist!",
      "artist_en",
      "venue!",
      "venue_en",
      "time_zone",
      "currency",
      "seat_limit:whole",
      "seat_limit_per_concert:whole",
      "listing:whole",
      "poster",
      "hidden:yes",
      "archived:yes",
    ),
    tables: [],
  },
  dates: {
    fields: fields(
      "sale_opens_at:moment!",
      "prequeue_opens_at:moment",
      "sale_ends_at:moment",
      "sale_ends_before_min:whole",
    ),
    tables: [
      many(
        "performances",
        fields("id!", "starts_at:moment!", "sale_ends_at:moment", "sales:lines", "prices:prices"),
      ),
    ],
  },
  prices: {
    fields: [],
    tables: [
      many("grades", fields("name!", "name_en", "price:whole!")),
      many(
        "price_types",
        fields(
          "id!",
          "name!",
          "name_en",
          "percent_off:whole",
          "grades:lines",
          "prices:prices",
          "until:moment",
          "box_office:yes",
          "proof",
          "proof_en",
        ),
      ),
      one("booking_fee", fields("amount:whole", "per:ticket|order")),
    ],
  },
  hall: {
    fields: fields("numbering"),
    tables: [
      SECTIONS,
      many(
        "areas",
        fields(
          "name!",
          "name_en",
          "grade!",
          "capacity:whole!",
          "floor",
          "floor_en",
          "numbering",
          "first_entry:whole",
        ),
        [
          one(
            "layout",
            fields("x:number", "y:number", "width:number", "height:number", "rotation:number"),
          ),
        ],
      ),
      one(
        "stage",
        fields("x:number", "y:number", "width:number", "height:number", "label", "label_en"),
      ),
      many(
        "marks",
        fields(
          "mark:wheelchair|companion|restricted_view|aisle|note!",
          "seats:lines",
          "sections:lines",
          "note",
          "note_en",
        ),
      ),
      many(
        "blocks",
        fields(
          "name!",
          "reason:house|press|sponsor|technical|not_for_sale!",
          "sections:lines",
          "rows:lines",
          "seats:lines",
          "all:yes",
          "performances:lines",
          "note",
          "color",
          "releases_at:moment",
        ),
      ),
    ],
  },
  queue: {
    fields: [],
    tables: [
      one(
        "queue",
        fields(
          "queueing_method:fifo|draw|passthrough|reject",
          "active_limit:whole!",
          "admit_per_minute:whole!",
          "entry_ttl_s:whole",
          "absent_after_s:whole",
          "place_ttl_s:whole",
          "joins_per_address_per_minute:whole",
          "proof_of_work:yes",
        ),
        [LANES],
      ),
    ],
  },
  sales: {
    fields: [],
    tables: [
      many(
        "sales",
        fields(
          "id!",
          "name!",
          "name_en",
          "opens_at:moment!",
          "ends_at:moment",
          "prequeue_opens_at:moment",
          "queueing_method:fifo|draw|passthrough",
          "codes:lines",
          "keep_codes:yes",
          "group",
          "seat_limit:whole",
          "allotment:whole",
          "allotment_percent:whole",
          "active_limit:whole",
          "admit_per_minute:whole",
        ),
        [LANES],
      ),
    ],
  },
  cancellation: {
    fields: [],
    tables: [
      one(
        "cancellation",
        fields(
          "preset:none|kr-performance",
          "closes_at",
          "closes_at_saturday",
          "free_within_days:whole",
          "free_until_days_before:whole",
          "booking_fee_back:never|booking_day|always",
        ),
        [
          many(
            "steps",
            fields(
              "until_days_before:whole!",
              "fee_per_ticket:whole",
              "fee_max_percent:whole",
              "fee_percent:whole",
            ),
          ),
        ],
      ),
    ],
  },
  details: {
    fields: [],
    tables: [
      one(
        "details",
        fields(
          "description:long",
          "description_en:long",
          "notices:long",
          "notices_en:long",
          "running_time_minutes:whole",
          "interval_minutes:whole",
          "minimum_age:whole",
          "address",
          "address_en",
          "map_url",
        ),
        [
          many("cast", fields("name!", "name_en", "role", "role_en")),
          one("organiser", fields("name", "name_en", "phone", "email", "url")),
        ],
      ),
    ],
  },
};

/** The names of all fields and tables of the form. */
export function namesOf(): Set<string> {
  const names = new Set<string>();
  const look = (of: readonly FieldOf[], tables: readonly TableOf[]): void => {
    for (const { name } of of) names.add(name);
    for (const table of tables) {
      names.add(table.name);
      look(table.fields, table.tables);
    }
  };
  for (const part of Object.values(PARTS)) look(part.fields, part.tables);
  return names;
}
