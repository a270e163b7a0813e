// MDN's compatibility data as questions: may the page use this name at its floor? Pure.
import data from "@mdn/browser-compat-data" with { type: "json" };
import { FLOOR } from "./floor.ts";

interface Support {
  readonly version_added: string | boolean | null;
  readonly version_removed?: string | boolean | null;
  readonly prefix?: string;
  readonly alternative_name?: string;
  readonly flags?: unknown;
}

interface Entry {
  readonly __compat?: { readonly support: Record<string, Support | Support[] | undefined> };
}

type Tree = Entry & { readonly [name: string]: Tree };

const api = data.api as unknown as Tree;
const builtins = data.javascript.builtins as unknown as Tree;
const css = data.css as unknown as Tree;

/** Every member of an interface by its name, whatever the interface. */
const members = new Map<string, Entry[]>();
for (const holder of [...Object.values(api), ...Object.values(builtins)]) {
  for (const [name, entry] of Object.entries(holder)) {
    if (name === "__compat" || name.endsWith("_event")) continue;
    const known = members.get(name.replace(/_static$/, "")) ?? [];
    members.set(name.replace(/_static$/, ""), [...known, entry]);
  }
}

/** The browsers of the floor that lack this; null for what the data does not know. */
export function lacking(entry: Entry | undefined): string[] | null {
  const support = entry?.__compat?.support;
  if (!support) return null;
  return Object.entries(FLOOR).flatMap(([browser, floor]) => {
    const all = [support[browser] ?? []].flat();
    return all.some((said) => isIn(said, floor)) ? [] : [browser];
  });
}

/** Of `Holder.name`, such as `AbortSignal.any`. */
export function lackingStatic(holder: string, name: string): string[] | null {
  const of = own(api, holder) ?? own(builtins, holder);
  return of ? lacking(own(of, `${name}_static`) ?? own(of, name)) : null;
}

/** Of a global name, such as `TextDecoderStream`. */
export function lackingGlobal(name: string): string[] | null {
  const entry = own(api, name) ?? own(builtins, name) ?? own(api.Window!, name);
  return lacking(entry);
}

/** Of a member of something unknown: what even the best known of its holders lacks. */
export function lackingMember(name: string): string[] | null {
  const all = (members.get(name) ?? []).map(lacking).filter((one) => one !== null);
  return all.length === 0 ? null : all.reduce((a, b) => (b.length < a.length ? b : a));
}

/** Of a property, a selector, an at-rule, a function or a unit of CSS. */
export function lackingCss(
  kind: "properties" | "selectors" | "at-rules",
  name: string,
): string[] | null {
  return lacking(own(css[kind]!, name));
}

/** Of a function in a value, such as `color-mix`. */
export function lackingFunction(name: string): string[] | null {
  const types = css["types"]!;
  return lacking(own(types, name) ?? own(types["color"]!, name));
}

/** Of a unit in a value, such as `dvh`. */
export function lackingUnit(name: string): string[] | null {
  const lengths = css["types"]!["length"]!;
  const size = { d: "dynamic", l: "large", s: "small" }[name[0]!];
  if (/^[dls]v/.test(name)) return lacking(own(lengths, `viewport_percentage_units_${size}`));
  if (/^cq/.test(name)) return lacking(own(lengths, "container_query_length_units"));
  return lacking(own(lengths, name));
}

/** Whether a version of a browser has it, if only in its usual part, without prefix or flag. */
function isIn(said: Support, floor: string): boolean {
  const { version_added: since, version_removed: until } = said;
  if (said.prefix !== undefined || said.alternative_name !== undefined || said.flags) return false;
  return since === true || (isUpTo(since, floor) && !isUpTo(until, floor));
}

function isUpTo(version: Support["version_added"] | undefined, floor: string): boolean {
  if (typeof version !== "string") return false;
  return Number.parseFloat(version.replace("≤", "")) <= Number.parseFloat(floor);
}

function own(tree: Tree, name: string): Tree | undefined {
  return Object.hasOwn(tree, name) ? tree[name] : undefined;
}
