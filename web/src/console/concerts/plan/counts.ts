// How many seats a hall has, by grade and by section. Pure.
import type { Drawn } from "./drawn.ts";
import { partOf } from "./drawn.ts";

export interface Count {
  /** The index of the grade of the plan, or of the section of the plan that is the first of its part. */
  readonly index: number;
  readonly seats: number;
  readonly chosen: number;
  readonly blocked: number;
}

export interface SectionCount extends Count {
  /** Index of the grade → how many. */
  readonly grades: ReadonlyMap<number, number>;
}

export interface Counts {
  readonly seats: number;
  readonly blocked: number;
  readonly grades: readonly Count[];
  readonly sections: readonly SectionCount[];
}

/** Count the seats of a drawing. A seat that is blocked on any date counts as blocked. */
export function countsOf(drawn: Drawn, chosen: ReadonlySet<number>): Counts {
  const { plan } = drawn;
  const blocked = new Set(drawn.blocks.flatMap(({ seats }) => seats));
  const grades = plan.grades.map((_, index) => ({ index, seats: 0, chosen: 0, blocked: 0 }));
  const sections = new Map<string, Mutable>();
  plan.sections.forEach(({ firstSeat, seats }, section) => {
    const { kind, index } = partOf(drawn, section);
    const key = `${kind} ${index}`;
    const own = sections.get(key) ?? blank(section);
    sections.set(key, own);
    for (let seat = firstSeat; seat < firstSeat + seats; seat++) {
      const grade = plan.grade[seat]!;
      own.grades.set(grade, (own.grades.get(grade) ?? 0) + 1);
      for (const count of [own, grades[grade]!]) {
        count.seats += 1;
        if (chosen.has(seat)) count.chosen += 1;
        if (blocked.has(seat)) count.blocked += 1;
      }
    }
  });
  return { seats: plan.places, blocked: blocked.size, grades, sections: [...sections.values()] };
}

interface Mutable {
  index: number;
  seats: number;
  chosen: number;
  blocked: number;
  grades: Map<number, number>;
}

function blank(index: number): Mutable {
  return { index, seats: 0, chosen: 0, blocked: 0, grades: new Map() };
}
