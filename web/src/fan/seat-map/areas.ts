// Areas without seats, as the map and the list read them. Pure.
import type { AreaAnswer } from "./contract.ts";
import { boundsOf, type Point } from "./shapes.ts";

/** An area as a section without rows. */
export function readArea(area: AreaAnswer) {
  const outline = area.outline as unknown as readonly Point[];
  return {
    name: area.name,
    nameEn: area.name_en ?? null,
    floor: area.floor ?? null,
    floorEn: area.floor_en ?? null,
    grade: area.grade,
    grades: [area.grade],
    outline,
    shape: outline,
    label: [area.label.x, area.label.y] as const,
    bounds: boundsOf(outline),
    firstSeat: area.first_seat,
    seats: area.seats,
    firstRow: 0,
    rows: 0,
    isArea: true,
  };
}

/** How many of each grade there are. */
export function countGrades(grades: number, of: readonly number[]): number[] {
  const counts = Array.from({ length: grades }, () => 0);
  for (const grade of of) counts[grade]! += 1;
  return counts;
}

/** The grade of every seat, then of every spot. */
export function gradeOfEachPlace(
  seats: readonly number[],
  areas: readonly AreaAnswer[],
): Uint32Array {
  const spots = areas.reduce((sum, area) => sum + area.seats, 0);
  const grade = new Uint32Array(seats.length + spots);
  grade.set(seats);
  for (const area of areas) grade.fill(area.grade, area.first_seat, area.first_seat + area.seats);
  return grade;
}

/** Wishes for areas, by the index of their section; areas that the plan doesn't have are left out. */
export function spotsByName(
  plan: { readonly sections: readonly { readonly isArea: boolean; readonly name: string }[] },
  wishes: readonly { readonly area: string; readonly count: number }[],
): Map<number, number> {
  const found = new Map<number, number>();
  for (const { area, count } of wishes) {
    const section = plan.sections.findIndex(({ isArea, name }) => isArea && name === area);
    if (section >= 0) found.set(section, count);
  }
  return found;
}
