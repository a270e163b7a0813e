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

/** Whether a hall has areas without seats. What is chosen of it is called tickets then. */
export function hasAreas(plan: {
  readonly sections: readonly { readonly isArea: boolean }[];
}): boolean {
  return plan.sections.some(({ isArea }) => isArea);
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
