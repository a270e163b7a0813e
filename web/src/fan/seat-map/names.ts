// What a seat, a row and a section are called, in words: for the list, for screen readers and for
// notices. Pure.
import type { en } from "../i18n/seat-map.ts";
import { hasAreas } from "../../hall/areas.ts";
import type { Availability } from "../../hall/availability.ts";
import { leftOfGrades } from "./list.ts";
import type { SectionWords } from "../../hall/painting/scene.ts";
import { marksOf, rowOf, sectionOf, type Plan } from "../../hall/plan.ts";

/** Words and number formats of one language. */
export interface Speech {
  readonly words: typeof en;
  /** A price in the currency of the concert. */
  readonly price: (amount: number) => string;
  readonly count: (amount: number) => string;
  /** Whether names are read in English where the organiser gave them in English as well. */
  readonly english?: boolean;
}

export type SeatState = "free" | "taken" | "chosen" | "own";

/** "A구역", and "2층 A구역" when another floor has an A as well. */
export function sectionName(plan: Plan, section: number, { words, english }: Speech): string {
  const { name, nameEn, floor, floorEn } = plan.sections[section]!;
  const said = words.sectionName((english && nameEn) || name);
  const isOnly = plan.sections.every((other, at) => at === section || other.name !== name);
  return floor === null || isOnly ? said : words.joined((english && floorEn) || floor, said);
}

/** "B열 12번": enough where the section is known. */
export function seatInSection(plan: Plan, seat: number, { words }: Speech): string {
  const row = words.rowName(rowOf(plan, seat).name);
  return words.joined(row, words.seatName(plan.labels[seat]!));
}

/** "1층 A구역 B열 12번"; a hall of one section needs no section. */
export function seatName(plan: Plan, seat: number, speech: Speech): string {
  const place = seatInSection(plan, seat, speech);
  if (plan.sections.length === 1) return place;
  return speech.words.joined(sectionName(plan, sectionOf(plan, seat), speech), place);
}

/** What is written on the stage. */
export function stageName(plan: Plan, { words, english }: Speech): string {
  const { label, labelEn } = plan.stage;
  return words.stageName((english && labelEn) || label);
}

/** "R석" */
export function gradeName(plan: Plan, grade: number, { words, english }: Speech): string {
  const { name, nameEn } = plan.grades[grade]!;
  return words.gradeName((english && nameEn) || name);
}

/** "1층 A구역 B열 12번, R석, 121,000원, 선택 가능": everything that the map shows of a seat. */
export function fullSeatName(plan: Plan, seat: number, state: SeatState, speech: Speech): string {
  return described(plan, seat, state, speech, seatName(plan, seat, speech));
}

/** The same without the section, for a list that stands under the section's heading. */
export function listedSeatName(plan: Plan, seat: number, state: SeatState, speech: Speech): string {
  return described(plan, seat, state, speech, seatInSection(plan, seat, speech));
}

/** "스탠딩 A, 스탠딩석, 154,000원": what the map shows of an area without seats. */
export function areaName(plan: Plan, section: number, speech: Speech): string {
  const { grade } = plan.sections[section]!;
  const price = speech.price(plan.grades[grade]!.price);
  return [sectionName(plan, section, speech), gradeName(plan, grade, speech), price].join(", ");
}

/** Why no more can be chosen. */
export function limitWords(plan: Plan, limit: number, words: Speech["words"]): string {
  return limit === 0 ? words.noMore : words.limitReached(limit, hasAreas(plan));
}

/** How many of a grade are left: seats, or tickets where it has areas. */
export function leftOfGrade(plan: Plan, grade: number, left: number, speech: Speech): string {
  const { words, count } = speech;
  if (left === 0) return words.soldOut;
  const isSeated = plan.seatedOfGrade[grade] === plan.seatsOfGrade[grade];
  return isSeated ? words.leftLong(count(left)) : words.spotsLeft(count(left), 0);
}

/** What the map writes on a section: its name, its lowest price and what is left. */
export function sayOf(
  plan: Plan,
  availability: Availability,
  section: number,
  { words, price, count, english }: Speech,
  wanted = 0,
): SectionWords {
  const { name, nameEn, grades, isArea } = plan.sections[section]!;
  const left = availability.leftInSection[section]!;
  const known = availability.version !== null;
  const free = leftOfGrades(plan, availability, section);
  const open = grades.filter((grade) => left === 0 || free.get(grade)! > 0);
  const spots = words.spotsLeft(count(left), wanted);
  const lowest = price(Math.min(...open.map((grade) => plan.grades[grade]!.price)));
  return {
    name: (english && nameEn) || name,
    price: open.length > 1 ? words.priceFrom(lowest) : lowest,
    left: !known ? "" : left === 0 ? words.soldOut : isArea ? spots : words.left(count(left)),
  };
}

function described(
  plan: Plan,
  seat: number,
  state: SeatState,
  speech: Speech,
  place: string,
): string {
  const grade = plan.grade[seat]!;
  const price = speech.price(plan.grades[grade]!.price);
  const marks = marksOf(plan, seat).map(speech.words.mark);
  const words = [place, gradeName(plan, grade, speech), price, ...marks];
  return [...words, speech.words.state[state]].filter((word) => word !== "").join(", ");
}
