// Every address of the page, and how to read and write one. Pure.

/** Name → pattern; `{name}` stands for one part of the path. */
export const ROUTES = {
  concerts: "/",
  concert: "/concerts/{concert}",
  queue: "/concerts/{concert}/queue",
  dates: "/concerts/{concert}/dates",
  seats: "/concerts/{concert}/dates/{performance}",
  order: "/orders/{order}",
  orders: "/orders",
  tickets: "/tickets",
  wallet: "/wallet",
  signIn: "/sign-in",
} as const;

export type RouteName = keyof typeof ROUTES;
export type Parts = Record<string, string>;

/** Where somebody is; `name` is null at an address that does not exist. */
export interface Place {
  readonly name: RouteName | null;
  readonly parts: Parts;
}

/** The route of a path. */
export function match(path: string): Place {
  const given = split(path);
  for (const [name, pattern] of Object.entries(ROUTES)) {
    const parts = fit(split(pattern), given);
    if (parts) return { name: name as RouteName, parts };
  }
  return { name: null, parts: {} };
}

/** The path of a route. */
export function pathTo(name: RouteName, parts: Parts = {}): string {
  return ROUTES[name].replace(/\{(\w+)\}/g, (_, part: string) =>
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
    return part; // A percent sign that begins no code: no such thing will be found.
  }
}
