// What is read aloud to fans who listen to the page, and what the tab says before its title.

let said = $state("");
let turn = $state(false);

/** Say something that has just come about. The same words twice are read twice. */
export function announce(text: string): void {
  said = said === text ? `${text}\u00a0` : text;
}

/** The latest announcement, for the live region of the page. */
export function announcement(): string {
  return said;
}

/** It is the fan's turn: the tab says so until they do something. */
export function callTurn(): void {
  turn = true;
  for (const act of ["pointerdown", "keydown"]) {
    addEventListener(act, () => (turn = false), { once: true });
  }
}

/** Whether it is the fan's turn, and they have not done anything since. */
export function isTurnCalled(): boolean {
  return turn;
}
