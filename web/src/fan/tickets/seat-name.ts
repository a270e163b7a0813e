// The name of a seat of an order, in the words of the map and of the signs in the hall. Pure.
import type { Schemas } from "../../api/client.ts";
import type { en } from "../i18n/seat-map.ts";

type Words = Pick<typeof en, "sectionName" | "rowName" | "seatName" | "entryName" | "joined">;
type Seat = Pick<Schemas["OrderedSeat"], "number" | "floor" | "section" | "row" | "label">;

/** "2층 F1구역 H열 10번", "2층, Section F1, row H, seat 10". The floor is left out where the section
 * says it; a seat without a section is called by its number; one with a section and without a row is
 * a spot of an area, which has an entry number. */
export function seatNameOf(seat: Seat, words: Words): string {
  const { number, floor, section, row, label } = seat;
  const isSpot = section !== null && row === null && label !== null;
  const parts = [isSpot ? words.entryName(label) : words.seatName(label ?? number)];
  if (row) parts.unshift(words.rowName(row));
  if (section) parts.unshift(words.sectionName(section));
  if (floor && !section?.includes(floor)) parts.unshift(floor);
  return parts.reduce((outer, inner) => words.joined(outer, inner));
}

/** All seats of an order in one line. */
export function seatNamesOf(order: { seats: readonly Seat[] }, words: Words): string {
  return order.seats.map((seat) => seatNameOf(seat, words)).join(" · ");
}
