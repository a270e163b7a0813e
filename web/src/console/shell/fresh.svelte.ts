// Calls that need a sign-in of the last minutes: the operator is asked, and the call is made again.
import { asRefused } from "../../api/client.ts";

const NEEDS = "fresh-sign-in-required";

let waiting = $state.raw<((isDone: boolean) => void)[]>([]);

/** Whether the operator is being asked. */
export function isAsked(): boolean {
  return waiting.length > 0;
}

/** The operator has signed in again, or has not. */
export function answerAsk(isDone: boolean): void {
  const asked = waiting;
  waiting = [];
  for (const answer of asked) answer(isDone);
}

/** Run a call, once more after a fresh sign-in where it needs one. Throws Refused. */
export async function freshly<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (asRefused(error).slug !== NEEDS) throw error;
    const isDone = await new Promise<boolean>((answer) => (waiting = [...waiting, answer]));
    if (!isDone) throw error;
    return act();
  }
}
