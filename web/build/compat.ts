// Checks the page that was built, with the libraries in it, against the browsers of floor.ts:
// node build/compat.ts FOLDER. What a browser of the floor lacks has to stand in `fallbacks.ts`
// with what the page does then; an entry that nothing needs any more is a mistake as well.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseCss } from "svelte/compiler";
import ts from "typescript";
import { FALLBACKS, NAMES_OF_DATA } from "./fallbacks.ts";
import * as data from "./compat-data.ts";

/** What was found: a name, such as `AbortSignal.any`, and the browsers that lack it. */
type Found = Map<string, string[]>;

/** What a browser has only on a page that came by TLS or from this machine. */
const SECURE = [
  "locks",
  "subtle",
  "randomUUID",
  "storage",
  "serviceWorker",
  "wakeLock",
  "clipboard",
];
const PLAIN_HTTP = ["every browser, by plain HTTP"];

/** A script's text → what it uses that a browser of the floor lacks. A name that the page gives to
 * something of its own says nothing of the browser. */
export function usesOfScript(text: string, ours: ReadonlySet<string> = new Set()): Found {
  const found: Found = new Map();
  const look = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      const [holder, member] = [node.expression, node.name.text];
      const known = ts.isIdentifier(holder) ? data.lackingStatic(holder.text, member) : null;
      if (known && ts.isIdentifier(holder)) note(found, `${holder.text}.${member}`, known);
      else if (SECURE.includes(member)) note(found, `.${member}`, PLAIN_HTTP);
      else if (!ours.has(member)) note(found, `.${member}`, data.lackingMember(member));
    } else if (ts.isIdentifier(node) && isGlobalName(node.text)) {
      note(found, node.text, data.lackingGlobal(node.text));
    } else if (ts.isRegularExpressionLiteral(node) && /\(\?<[=!]|\/\w*[vd]\w*$/.test(node.text)) {
      // Look-behind came with Safari 16.4; no build can lower it.
      note(found, node.text, ["safari", "safari_ios"]);
    }
    ts.forEachChild(node, look);
  };
  look(parsed(text));
  return found;
}

/** The names that a script gives to members of its own. */
export function ownNames(text: string): Set<string> {
  const names = new Set<string>();
  const look = (node: ts.Node): void => {
    const owner =
      ts.isObjectLiteralElement(node) || ts.isClassElement(node) ? node.name : undefined;
    if (owner && (ts.isIdentifier(owner) || ts.isStringLiteral(owner))) names.add(owner.text);
    if (ts.isBinaryExpression(node) && ts.isPropertyAccessExpression(node.left)) {
      if (node.operatorToken.kind === ts.SyntaxKind.EqualsToken) names.add(node.left.name.text);
    }
    ts.forEachChild(node, look);
  };
  look(parsed(text));
  return names;
}

function parsed(text: string): ts.SourceFile {
  return ts.createSourceFile("page.js", text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
}

/** A build gives short names to everything of its own. */
function isGlobalName(name: string): boolean {
  return name.length > 3 && /^[A-Z]|^(structuredClone|scheduler|requestIdleCallback)$/.test(name);
}

/** A style sheet's text → the same. */
export function usesOfStyle(text: string): Found {
  const found: Found = new Map();
  const look = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(look);
    if (typeof node !== "object" || node === null) return;
    const { type, name, property, value } = node as Record<string, string>;
    if (type === "Atrule") note(found, `@${name}`, data.lackingCss("at-rules", name!));
    if (type?.startsWith("Pseudo")) note(found, `:${name}`, data.lackingCss("selectors", name!));
    if (type === "NestingSelector") note(found, "&", data.lackingCss("selectors", "nesting"));
    if (type === "Declaration") {
      note(found, property!, data.lackingCss("properties", property!));
      for (const [, fn, unit] of value!.matchAll(/([a-z-]+)\(|\d([a-z]+)\b/g)) {
        if (fn) note(found, `${fn}()`, data.lackingFunction(fn));
        if (unit) note(found, `1${unit}`, data.lackingUnit(unit));
      }
    }
    Object.values(node).forEach(look);
  };
  look(parseCss(text));
  return found;
}

function note(found: Found, what: string, lacking: string[] | null): void {
  if (lacking && lacking.length > 0) found.set(what, lacking);
}

/** What a folder of the built page uses and nothing stands in for; and what is not used at all. */
export function complaints(folder: string): string[] {
  const found = usesIn(folder);
  const missing = [...found].filter(([what]) => !Object.hasOwn(FALLBACKS, what));
  const idle = Object.keys(FALLBACKS).filter((what) => !found.has(what));
  return [
    ...missing.map(([what, lacking]) => `${what} is not in ${lacking.join(", ")}`),
    ...idle.map((what) => `${what} is in fallbacks.ts, and the page does not use it`),
  ];
}

function usesIn(folder: string): Found {
  const names = readdirSync(folder, { recursive: true, encoding: "utf-8" });
  const textsOf = (kind: RegExp): string[] =>
    names
      .filter((name) => kind.test(name))
      .map((name) => readFileSync(join(folder, name), "utf-8"));
  const scripts = textsOf(/\.js$/);
  const ours = new Set([...NAMES_OF_DATA, ...scripts.flatMap((text) => [...ownNames(text)])]);
  const found = scripts.map((text) => usesOfScript(text, ours));
  return new Map([...found, ...textsOf(/\.css$/).map(usesOfStyle)].flatMap((each) => [...each]));
}

if (import.meta.main) {
  const said = complaints(process.argv[2] ?? "dist");
  for (const line of said) console.error(`compat: ${line}`);
  process.exitCode = said.length > 0 ? 1 : 0;
}
