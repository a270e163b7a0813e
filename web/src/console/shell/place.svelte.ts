// Where the operator is, and navigation without reloading the page.
import { match, pathTo, type Place } from "../routes.ts";
import { keep, kept } from "../../browser/storage.ts";

const KEPT_AS = "console.concert";

let place = $state.raw<Place>(match(location.pathname));
let turns = $state(0);
let lastConcert = $state<string | null>(kept(KEPT_AS));
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

/** Go to a path of the console. */
export function goTo(path: string): void {
  history.pushState(null, "", path);
  look();
  scrollTo(0, 0);
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
  addEventListener("popstate", look);
  document.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest("a");
    if (!link || event.defaultPrevented || isForTheBrowser(event, link)) return;
    if (match(link.pathname).name === null) return;
    event.preventDefault();
    goTo(link.pathname + link.search);
  });
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
