// The table of the page's addresses: how each is read and written, who may see it, and where it
// stands in the menus. Pure, so that the build can write routes.json from it.

interface Route {
  /** `{name}` stands for one part of the path. */
  readonly path: string;
  /** Only for a fan who is signed in; everyone else signs in first. */
  readonly isOwn?: true;
  /** A step between queue and ticket, without menus. */
  readonly isStep?: true;
  /** In the menus, in the order of this table: the path of its icon in 24 × 24. */
  readonly icon?: string;
}

/** Name → route. */
export const ROUTES = {
  concerts: { path: "/", icon: "M4 5h16v14H4zM4 10h16M9 5v14" },
  concert: { path: "/concerts/{concert}" },
  map: { path: "/concerts/{concert}/map/{performance}", isStep: true },
  queue: { path: "/concerts/{concert}/queue", isOwn: true, isStep: true },
  dates: { path: "/concerts/{concert}/dates", isOwn: true, isStep: true },
  seats: { path: "/concerts/{concert}/dates/{performance}", isOwn: true, isStep: true },
  order: { path: "/orders/{order}", isOwn: true, isStep: true },
  tickets: {
    path: "/tickets",
    isOwn: true,
    icon: "M3 8h18v3a1.500 1.500 0 0 0 0 3v3H3v-3a1.500 1.500 0 0 0 0-3zM14 8v9",
  },
  orders: { path: "/orders", isOwn: true, icon: "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6" },
  wallet: {
    path: "/wallet",
    isOwn: true,
    icon: "M3 7h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H3zM3 7l12-4v4M16 13.500h1",
  },
  account: { path: "/account", isOwn: true },
  myTickets: { path: "/my-tickets" },
  newPassword: { path: "/new-password" },
  confirm: { path: "/confirm" },
  signIn: { path: "/sign-in" },
  signedIn: { path: "/sign-in/{provider}" },
  terms: { path: "/terms" },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;
export type MenuName = {
  [Name in RouteName]: (typeof ROUTES)[Name] extends { icon: string } ? Name : never;
}[RouteName];
type PartNames<Path> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PartNames<Rest>
  : never;
/** The parts that a path has: `{ concert: string }` of `/concerts/{concert}`. */
export type PartsOf<Path> = { [Part in PartNames<Path>]: string };
export type Parts = Record<string, string>;

/** What the menus have. */
export const MENU = (Object.keys(ROUTES) as RouteName[]).filter(isInMenu);

function isInMenu(name: RouteName): name is MenuName {
  return "icon" in ROUTES[name];
}

/** The route of a name. */
export function routeOf(name: RouteName): Route {
  return ROUTES[name];
}

/** Where the fan is; `name` is null at an address that does not exist. */
export interface Place {
  readonly name: RouteName | null;
  readonly parts: Parts;
}

/** The route of a path. */
export function match(path: string): Place {
  const given = split(path);
  for (const [name, { path: pattern }] of Object.entries(ROUTES)) {
    const parts = fit(split(pattern), given);
    if (parts) return { name: name as RouteName, parts };
  }
  return { name: null, parts: {} };
}

/** The path of a route. */
export function pathTo(name: RouteName, parts: Parts = {}): string {
  return ROUTES[name].path.replace(/\{(\w+)\}/g, (_, part: string) =>
    encodeURIComponent(parts[part] ?? ""),
  );
}

function split(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}

function fit(pattern: string[], given: string[]): Parts | null {
  if (pattern.length !== given.length) return null;
  const parts: Parts = {};
  for (const [i, wanted] of pattern.entries()) {
    const part = given[i] ?? "";
    const name = /^\{(\w+)\}$/.exec(wanted)?.[1];
    if (name) parts[name] = readable(part);
    else if (wanted !== part) return null;
  }
  return parts;
}

function readable(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // A percent sign that begins no code: nothing is found by that name.
  }
}
