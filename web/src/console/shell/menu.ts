// The menu: the screens of the people who look at it, by group.
import { currentLanguage } from "../../i18n/language.svelte.ts";
import { SCREENS } from "../routes.ts";
import { pathTo } from "../routes.ts";
import { canAnywhere } from "./calls.ts";
import { concertId } from "./place.svelte.ts";

export interface Entry {
  readonly name: string;
  readonly title: string;
  /** The overview, where a screen needs a concert and none was chosen. */
  readonly href: string;
  readonly icon: string;
  readonly key: string;
}

const GROUPS = ["sale", "people", "setup", "server"] as const;

/** The screens by group; groups without any are left out. */
export function menu(): { group: (typeof GROUPS)[number]; screens: Entry[] }[] {
  return GROUPS.map((group) => ({ group, screens: entries(group) })).filter(
    ({ screens }) => screens.length > 0,
  );
}

/** The title of a screen. */
export function titleOf(name: string): string {
  return SCREENS[name]?.[currentLanguage()] ?? "";
}

function entries(group: string): Entry[] {
  return Object.entries(SCREENS)
    .filter(([, screen]) => screen.group === group && canAnywhere(screen.call))
    .map(([name, { icon, key }]) => ({
      name,
      title: titleOf(name),
      href: pathTo(name, concertId()) ?? "/console",
      icon,
      key,
    }));
}
