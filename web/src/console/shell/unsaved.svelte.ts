// What would be lost if the screen that is shown were left, and the question before that.
//
// Always holds: while nothing is unsaved, leaving asks nothing.

let isChanged: (() => boolean) | null = null;
/** What the operator is asked about: leaving, in the way that was wanted. */
let asked = $state.raw<(() => void) | null>(null);

/** Ask before the screen is left as long as it has something unsaved; returns how to stop. */
export function guard(hasUnsaved: () => boolean): () => void {
  isChanged = hasUnsaved;
  return () => {
    if (isChanged === hasUnsaved) isChanged = null;
  };
}

/** Whether something would be lost. */
export function isUnsaved(): boolean {
  return isChanged?.() ?? false;
}

/** Leave the screen in this way: at once, or when the operator has said so. */
export function leaving(leave: () => void): void {
  if (isUnsaved()) asked = leave;
  else leave();
}

/** Whether the operator is being asked. */
export function asksToLeave(): boolean {
  return asked !== null;
}

/** The operator leaves, or stays. */
export function answerLeaving(isLeft: boolean): void {
  const leave = asked;
  asked = null;
  if (!isLeft) return;
  isChanged = null;
  leave?.();
}

/** Have the browser ask as well, before the page itself is left. */
export function guardPage(): void {
  addEventListener("beforeunload", (event) => {
    if (!isUnsaved()) return;
    event.preventDefault();
    // For browsers that do not know the other way yet.
    event.returnValue = true;
  });
}
