// The table of the console's screens. Pure, so that the build can write routes.json from it.
//
// A new screen is one line here and a folder of its own with `Screen.svelte`; the name of the line is
// the folder's. Nothing else has to be changed: menus, keys, titles and the server's list of addresses
// follow from this table. What a screen is built of:
//
// - `shell/Frame.svelte`: the heading, the age of what is shown, and the body. `Panel`, `Figure` (in a
//   `<dl class="figures">`), `Pill`, `Curve`, `Dialog`: parts of a body. `Act`: a button for a call, which
//   is not there for people who may not make the call.
// - `headers()` in `shell/bearer.ts`, `can("name_of_the_operation")` in `shell/calls.ts`. `Attempt` in
//   `shell/attempt.svelte.ts` runs a call, `shell/Problem.svelte` shows why it was refused, and
//   `say(text, undo)` in `shell/notes.svelte.ts` says what was done.
// - `live()` in `shell/live.svelte.ts`: the stream of the queue that is shown. `concertId()` in
//   `shell/place.svelte.ts` is that queue, `concertOf(id)` in `shell/concerts.svelte.ts` its concert.
// - Words are in a `words.ts` of the folder: `wordsOf({ ko, en })` of `shell/wording.ts`.

interface Screen {
  /** `{concert}` stands for the id of a queue; a path without it is of the whole server. */
  readonly path: string;
  /** `g`, then this key, goes here. */
  readonly key: string;
  /** The operation without which the screen shows nothing; people who may not make it do not see
   * the screen in the menus. */
  readonly call: string;
  readonly group: "sale" | "people" | "setup" | "server";
  readonly ko: string;
  readonly en: string;
  /** The path of its icon in 24 × 24. */
  readonly icon: string;
}

/** Folder → screen, in the order of the menu; the first four are the tabs of a phone. */
// prettier-ignore
export const SCREENS: Readonly<Record<string, Screen>> = {
  home: { path: "/console", key: "h", call: "show_own_roles", group: "sale", ko: "전체", en: "Overview", icon: "M4 12 12 4l8 8M6 10v10h12V10" },
  line: { path: "/console/{concert}/line", key: "l", call: "show_queue_to_operator", group: "sale", ko: "대기열", en: "Line", icon: "M5 7h.01M5 12h.01M5 17h.01M9 7h11M9 12h8M9 17h5" },
  funnel: { path: "/console/{concert}/funnel", key: "u", call: "follow_sale", group: "sale", ko: "퍼널", en: "Funnel", icon: "M4 5h16l-6 7v6l-4 2v-8z" },
  sales: { path: "/console/{concert}/sales", key: "s", call: "show_sales", group: "sale", ko: "판매", en: "Sales", icon: "M5 20V10M12 20V4M19 20v-7" },
  seats: { path: "/console/{concert}/seats", key: "e", call: "show_seats_to_operator", group: "sale", ko: "좌석", en: "Seats", icon: "M6 4v8h12V4M4 12v5h16v-5M7 17v3M17 17v3" },
  fans: { path: "/console/fans", key: "f", call: "find_fans", group: "people", ko: "팬 찾기", en: "Find a fan", icon: "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13M15.500 15.500 20 20" },
  concerts: { path: "/console/concerts", key: "n", call: "show_concert_file", group: "setup", ko: "콘서트", en: "Concerts", icon: "M5 4h14v16H5zM9 8h6M9 12h6M9 16h3" },
  ready: { path: "/console/{concert}/ready", key: "y", call: "show_readiness", group: "setup", ko: "판매 전 점검", en: "Go / no-go", icon: "M4 12l5 5L20 6" },
  closing: { path: "/console/{concert}/closing", key: "d", call: "show_closing_report", group: "sale", ko: "마감 보고서", en: "Closing report", icon: "M7 3h8l4 4v14H7zM15 3v4h4M10 14l2 2 4-4" },
  log: { path: "/console/log", key: "o", call: "list_log", group: "server", ko: "로그", en: "Log", icon: "M6 4h12v16H6zM9 9h6M9 13h6M9 17h3" },
  people: { path: "/console/people", key: "r", call: "list_roles", group: "server", ko: "역할", en: "Roles", icon: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3 20c0-3 2-5 6-5s6 2 6 5M16 6a3 3 0 0 1 0 5M21 20c0-2-1-4-4-5" },
  settings: { path: "/console/settings", key: "i", call: "list_settings", group: "server", ko: "설정", en: "Settings", icon: "M5 7h9M18 7h1M5 17h1M10 17h9M16 5v4M8 15v4" },
  trouble: { path: "/console/trouble", key: "t", call: "show_trouble", group: "server", ko: "문제", en: "Trouble", icon: "M12 4 21 20H3zM12 10v4M12 17h.01" },
  webhooks: { path: "/console/webhooks", key: "w", call: "list_webhooks", group: "server", ko: "웹훅", en: "Webhooks", icon: "M8 8a4 4 0 1 1 6 3l3 5M6 12a4 4 0 1 0 4 5h7M17 13a3.500 3.500 0 1 1-3 6" },
};

/** Where the operator is; `name` is null at an address that does not exist. */
export interface Place {
  readonly name: string | null;
  readonly concert: string | null;
}

/** The screen of a path. */
export function match(path: string): Place {
  const given = path.split("/").filter((part) => part !== "");
  for (const [name, screen] of Object.entries(SCREENS)) {
    const wanted = screen.path.split("/").filter((part) => part !== "");
    if (wanted.length !== given.length) continue;
    const at = wanted.indexOf("{concert}");
    if (!wanted.every((part, i) => i === at || part === given[i])) continue;
    return { name, concert: at < 0 ? null : readable(given[at] ?? "") };
  }
  return { name: null, concert: null };
}

/** The path of a screen, for a concert where it has one; null if it needs one and there is none. */
export function pathTo(name: string, concert: string | null): string | null {
  const path = SCREENS[name]?.path ?? "/console";
  if (!path.includes("{concert}")) return path;
  return concert === null ? null : path.replace("{concert}", encodeURIComponent(concert));
}

function readable(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // A percent sign that begins no code: nothing is found by that name.
  }
}
