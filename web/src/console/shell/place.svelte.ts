// Where the operator is, and navigation without reloading the page.
import { match, pathTo, type Place } from "../routes.ts";
import { keep, kept } from "../../browser/storage.ts";
import { isUnsaved, leaving } from "./unsaved.svelte.ts";

const KEPT_AS = "console.concert";

let place = $state.raw<Place>(match(location.pathname));
let turns = $state(0);
let lastConcert = $state<string | null>(kept(KEPT_AS));
/** The number of the entry of the browser's history that is shown. */
let entry = entryOf(history.state) ?? 0;
note();

/** The current place; reading it in a component follows it. */
export function here(): Place {
  return place;
}

/** The concert that is shown, or was last. */
export function concertId(): string | null {
  return place.concert ?? lastConcert;
}

/** Grows with every change of place, so that the focus moves to the new heading. */
export function placeTurns(): number {
  return turns;
}

/** Go to a screen, of the current concert or another one. */
export function go(name: string, concert: string | null = concertId()): void {
  goTo(pathTo(name, concert) ?? "/console");
}

/** Go to a path of the console; the operator is asked first where something would be lost. */
export function goTo(path: string): void {
  leaving(() => {
    entry += 1;
    history.pushState({ entry }, "", path);
    look();
    scrollTo(0, 0);
  });
}

/** Show another concert: the same screen, if it is one of a concert. */
export function choose(concert: string): void {
  lastConcert = concert;
  keep(KEPT_AS, concert);
  const screen = place.concert === null || place.name === null ? "line" : place.name;
  go(screen, concert);
}

/** Follow "back", "forward" and links that stay within the console. */
export function startRouter(): void {
  history.replaceState({ entry }, "");
  addEventListener("popstate", travel);
  document.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest("a");
    if (!link || event.defaultPrevented || isForTheBrowser(event, link)) return;
    if (match(link.pathname).name === null) return;
    event.preventDefault();
    goTo(link.pathname + link.search);
  });
}

/** "Back" and "forward" have changed the address already. Where something would be lost, they are
 * taken back, and the operator is asked. */
function travel({ state }: PopStateEvent): void {
  const from = entry;
  const known = entryOf(state);
  // A link within the page has made an entry of its own.
  entry = known ?? from + 1;
  if (known === null) history.replaceState({ entry }, "");
  const steps = entry - from;
  // A look makes the screen anew.
  if (isHere(location.pathname)) return;
  if (steps === 0 || !isUnsaved()) return look();
  history.go(-steps);
  leaving(() => history.go(steps));
}

function entryOf(state: unknown): number | null {
  const found = (state as { readonly entry?: unknown } | null)?.entry;
  return typeof found === "number" ? found : null;
}

/** Whether a path is of the screen that is shown. */
function isHere(path: string): boolean {
  const { name, concert } = match(path);
  return name === place.name && concert === place.concert;
}

function isForTheBrowser(event: MouseEvent, link: HTMLAnchorElement): boolean {
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  const elsewhere = link.origin !== location.origin || link.target !== "" || link.download !== "";
  return modified || event.button !== 0 || elsewhere || link.hash !== "";
}

function look(): void {
  place = match(location.pathname);
  turns += 1;
  note();
}

/** Remember the concert, for the links of the menu and the next visit. */
function note(): void {
  if (place.concert === null) return;
  lastConcert = place.concert;
  keep(KEPT_AS, place.concert);
}
