// Plans for tests, made in the shape that the server sends.
import type { PlanAnswer } from "./contract.ts";
import { readPlan, type Plan } from "./plan.ts";
import { applyDelta, unknownAvailability, resetTo, type Availability } from "./availability.ts";

export interface Block {
  readonly name: string;
  readonly grade: number;
  readonly rows: number;
  readonly seats: number;
  readonly x?: number;
  readonly y?: number;
  readonly floor?: string;
}

/** An area without seats. */
export interface AreaBlock {
  readonly name: string;
  readonly grade: number;
  readonly capacity: number;
}

const GRADES: PlanAnswer["grades"] = [
  { name: "R", price: 121_000, color: 0 },
  { name: "S", price: 88_000, color: 1 },
];

/** Blocks of straight rows, ten units apart, below one another unless they say where they are. */
export function planAnswer(blocks: readonly Block[], grades = GRADES): PlanAnswer {
  const answer: PlanAnswer = {
    size: { width: 400, height: 60 },
    stage: { x: 20, y: 0, width: 60, height: 20, label: "STAGE" },
    grades,
    sections: [],
    rows: [],
    seats: { number: [], x: [], y: [], grade: [] },
  };
  for (const block of blocks) addBlock(answer, block);
  return answer;
}

/** The same with areas below, each 100 wide and 50 deep. */
export function withAreas(answer: PlanAnswer, ...areas: readonly AreaBlock[]): PlanAnswer {
  answer.areas = [];
  for (const { name, grade, capacity } of areas) {
    const top = answer.size.height;
    const before = answer.areas.reduce((sum, { seats }) => sum + seats, answer.seats.x.length);
    answer.areas.push({
      name,
      floor: null,
      grade,
      outline: [
        [20, top],
        [120, top],
        [120, top + 50],
        [20, top + 50],
      ],
      label: { x: 70, y: top + 25 },
      first_seat: before,
      seats: capacity,
      entry_numbers: { before: `${name}-`, after: "", first: 1, last: capacity },
    });
    answer.size.height += 70;
  }
  return answer;
}

function addBlock(answer: PlanAnswer, block: Block): void {
  const { name, grade, rows, seats, x: left = 20, y: top = answer.size.height, floor } = block;
  const [right, bottom] = [left + seats * 10, top + rows * 10];
  answer.sections.push({
    name,
    floor: floor ?? null,
    grade,
    outline: [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ],
    label: { x: (left + right) / 2, y: (top + bottom) / 2 },
    first_seat: answer.seats.x.length,
    seats: rows * seats,
  });
  for (let row = 0; row < rows; row++) {
    const letter = String.fromCharCode(65 + row);
    const first_seat = answer.seats.x.length;
    answer.rows.push({ section: answer.sections.length - 1, name: letter, first_seat, seats });
    for (let seat = 0; seat < seats; seat++) {
      answer.seats.number.push(`${name}-${letter}-${seat + 1}`);
      answer.seats.x.push(left + 5 + seat * 10);
      answer.seats.y.push(top + 5 + row * 10);
      answer.seats.grade.push(grade);
    }
  }
  answer.size.width = Math.max(answer.size.width, right + 20);
  answer.size.height = Math.max(answer.size.height, bottom + 20);
}

/** The plan of some blocks. */
export function planOf(...blocks: readonly Block[]): Plan {
  return readPlan(planAnswer(blocks));
}

/** A hall with these seats taken, as the server would send it. */
export function availabilityOf(plan: Plan, ...taken: number[]): Availability {
  const availability = unknownAvailability(plan);
  resetTo(availability, plan, 1, bitmap(plan.places));
  applyDelta(availability, plan, 2, taken, []);
  return availability;
}

/** Base64 of a bitmap with these seats taken. */
export function bitmap(seats: number, ...taken: number[]): string {
  const bytes = new Uint8Array((seats + 7) >> 3);
  for (const seat of taken) bytes[seat >> 3]! |= 1 << (seat & 7);
  return btoa(String.fromCharCode(...bytes));
}
