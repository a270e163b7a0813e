// Where the fan is, and navigation without reloading the page.
import { match, pathTo, type Parts, type Place, type RouteName } from "./routes.ts";

/** After this time the scroll position is no longer restored. */
const SCROLL_BACK_MS = 5_000;

let place = $state.raw<Place>(match(location.pathname));
let turns = $state(0);

/** The current place; reading it in a component follows it. */
export function here(): Place {
  return place;
}

/** Grows with every change of place, so that the page can move focus to its new heading. */
export function pageTurns(): number {
  return turns;
}

/** Go to a route. With `replace`, "back" skips the place that is left. */
export function go(name: RouteName, parts: Parts = {}, replace = false): void {
  goTo(pathTo(name, parts), replace);
}

/** Go to a path of the page. */
export function goTo(path: string, replace = false): void {
  noteScroll();
  if (replace) history.replaceState(null, "", path);
  else history.pushState(null, "", path);
  look();
  scrollTo(0, 0);
}

/** Follow "back", "forward" and links that stay within the page. */
export function startRouter(): void {
  history.scrollRestoration = "manual";
  addEventListener("scrollend", noteScroll);
  addEventListener("pagehide", noteScroll);
  if (kept(history.state) > 0) void scrollBack(kept(history.state));
  addEventListener("popstate", (event) => {
    look();
    void scrollBack(kept(event.state));
  });
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

/** Remember how far this page was scrolled, so that "back" finds what the fan looked at. */
function noteScroll(): void {
  if (kept(history.state) !== scrollY) history.replaceState({ scroll: scrollY }, "");
}

function kept(state: unknown): number {
  const scroll = (state as { scroll?: unknown } | null)?.scroll;
  return typeof scroll === "number" ? scroll : 0;
}

/** Scroll as soon as the page is that long again; what it shows may have to be asked for. */
async function scrollBack(to: number): Promise<void> {
  const turn = turns;
  const until = performance.now() + SCROLL_BACK_MS;
  scrollTo(0, 0);
  while (to > 0 && turn === turns && performance.now() < until) {
    await new Promise(requestAnimationFrame);
    if (document.documentElement.scrollHeight - innerHeight < to) continue;
    scrollTo(0, to);
    return;
  }
}

function look(): void {
  place = match(location.pathname);
  turns += 1;
}
