// Which seats are taken: the server's bitmap, its changes, and how many are left of each kind.
//
// Always holds: `left` is the sum of `leftInSection` and the sum of `leftInGrade`, and each counts
// the seats whose bit is 0. Bit (i & 7) of byte i >> 3, least significant first, is seat i.
import { sectionOf, type Plan } from "./plan.ts";

export interface Availability {
  /** Null until the first answer: until then every seat is shown as taken. */
  version: number | null;
  readonly bits: Uint8Array;
  readonly leftInSection: Uint32Array;
  readonly leftInGrade: Uint32Array;
  left: number;
}

/** What really changed, as seats: a seat that was taken already is not in `taken`. */
export interface Change {
  readonly taken: readonly number[];
  readonly freed: readonly number[];
}

/** Nothing is known yet, so nothing can be chosen. */
export function unknownAvailability(plan: Plan): Availability {
  return {
    version: null,
    bits: new Uint8Array((plan.places + 7) >> 3).fill(0xff),
    leftInSection: new Uint32Array(plan.sections.length),
    leftInGrade: new Uint32Array(plan.grades.length),
    left: 0,
  };
}

/** Whether no other fan has the seat. */
export function isFree(availability: Availability, seat: number): boolean {
  return (availability.bits[seat >> 3]! & (1 << (seat & 7))) === 0;
}

/** Take over a whole bitmap, and say what is different now. */
export function resetTo(
  availability: Availability,
  plan: Plan,
  version: number,
  taken: string,
): Change {
  const bits = fromBase64(taken);
  const change = { taken: [] as number[], freed: [] as number[] };
  for (let byte = 0; byte < availability.bits.length; byte++) {
    const different = availability.bits[byte]! ^ (bits[byte] ?? 0);
    if (different === 0) continue;
    for (let bit = 0; bit < 8; bit++) {
      const seat = byte * 8 + bit;
      if (!(different & (1 << bit)) || seat >= plan.places) continue;
      (bits[byte]! & (1 << bit) ? change.taken : change.freed).push(seat);
    }
  }
  return applyDelta(availability, plan, version, change.taken, change.freed);
}

/** Take over a change, and say what of it was news. */
export function applyDelta(
  availability: Availability,
  plan: Plan,
  version: number,
  taken: readonly number[],
  freed: readonly number[],
): Change {
  const known = (seat: number) => seat >= 0 && seat < plan.places;
  const nowFree = freed.filter((seat) => known(seat) && !isFree(availability, seat));
  for (const seat of nowFree) flip(availability, plan, seat, +1);
  const nowTaken = taken.filter((seat) => known(seat) && isFree(availability, seat));
  for (const seat of nowTaken) flip(availability, plan, seat, -1);
  availability.version = version;
  return { taken: nowTaken, freed: nowFree };
}

function flip(availability: Availability, plan: Plan, seat: number, by: 1 | -1): void {
  availability.bits[seat >> 3]! ^= 1 << (seat & 7);
  availability.leftInSection[sectionOf(plan, seat)]! += by;
  availability.leftInGrade[plan.grade[seat]!]! += by;
  availability.left += by;
}

/** The bytes of a bitmap as the server sends it. */
export function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
