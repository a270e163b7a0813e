// The keyboard: `?` shows the keys, `g` and a letter goes to a screen. A screen adds its own with
// `keysOf`. What is typed into a field is no command.
import { SCREENS } from "../routes.ts";
import { canAnywhere } from "./calls.ts";
import { go } from "./place.svelte.ts";

/** The time between `g` and the letter. */
const TURN_MS = 1_500;

let isShown = $state(false);
let awaits = 0;
const own = new Map<string, () => void>();

/** Whether the list of keys is open. */
export function keysShown(): boolean {
  return isShown;
}

/** Open or close the list of keys. */
export function showKeys(open: boolean): void {
  isShown = open;
}

/** Let a key do something; returns how to stop. */
export function onKey(key: string, act: () => void): () => void {
  own.set(key, act);
  return () => void own.delete(key);
}

/** Listen to the keyboard. */
export function startKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]") !== null) return;
    if (press(event.key)) event.preventDefault();
  });
}

/** What a key does; returns whether it did anything. */
function press(key: string): boolean {
  const isSecond = performance.now() < awaits;
  awaits = 0;
  if (isSecond) return goBy(key);
  if (key === "g") awaits = performance.now() + TURN_MS;
  else if (key === "?") isShown = true;
  else if (key === "c") document.getElementById("concert")?.focus();
  else {
    const act = own.get(key);
    act?.();
    return act !== undefined;
  }
  return true;
}

function goBy(key: string): boolean {
  const found = Object.entries(SCREENS).find(
    ([, screen]) => screen.key === key && canAnywhere(screen.call),
  );
  if (found) go(found[0]);
  return found !== undefined;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]")
  );
}
