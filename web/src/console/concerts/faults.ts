// What is wrong with a field of the form, and where it is.
import { createContext } from "svelte";
import type { Refused } from "../../api/client.ts";

/** A field by its path in the file, such as `sections[0].rows`, and what is wrong with it. */
export interface Fault {
  readonly field: string;
  readonly detail: string;
}

/** What is wrong now, for every input of the form. */
export const [faultNow, setFaultNow] = createContext<() => Fault | null>();

/** What a comparison was refused for, if it names a field. */
export function faultOf(refused: Refused | null): Fault | null {
  const [fault] = (refused?.problem?.["errors"] ?? []) as readonly Fault[];
  return fault ?? null;
}

/** Whether a fault is in the field at a path: in it as a whole, or in a part of its value. */
export function isAt({ field }: Fault, path: string): boolean {
  return field === path || field.startsWith(`${path}[`) || field.startsWith(`${path}.`);
}
