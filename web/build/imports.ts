// Which module of src/ imports which, types included, and what must not be: a circle, or a module
// of an entry that is imported from outside that entry.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** Module → the modules that it imports; both are paths below the folder. */
export type Graph = ReadonlyMap<string, readonly string[]>;

const IMPORT = /\b(?:from|import|import\()\s*"(\.[^"?]+)/g;

/** The modules of a folder. */
export function graphOf(folder: string): Graph {
  const names = readdirSync(folder, { recursive: true, encoding: "utf-8" });
  const modules = names.filter((name) => /\.(ts|svelte)$/.test(name));
  return new Map(
    modules.map((name) => [name, importsOf(name, readFileSync(join(folder, name), "utf-8"))]),
  );
}

/** The modules that a text imports. */
export function importsOf(name: string, text: string): string[] {
  return Array.from(text.matchAll(IMPORT), ([, path]) => normalize(join(dirname(name), path!)));
}

/** A way from a module back to itself, or null. A component may have itself inside. */
export function circleIn(graph: Graph): string[] | null {
  const done = new Set<string>();
  const walk = (name: string, way: readonly string[]): string[] | null => {
    if (way.includes(name)) return [...way.slice(way.indexOf(name)), name];
    if (done.has(name)) return null;
    for (const next of graph.get(name) ?? []) {
      if (next === name) continue;
      const circle = walk(next, [...way, name]);
      if (circle) return circle;
    }
    done.add(name);
    return null;
  };
  for (const name of graph.keys()) {
    const circle = walk(name, []);
    if (circle) return circle;
  }
  return null;
}

/** The imports that reach into an entry from outside. An entry is a folder with a `main.ts`. */
export function intrusionsIn(graph: Graph): string[] {
  const entries = [...graph.keys()].filter((name) => /^\w+\/main\.ts$/.test(name)).map(folderOf);
  return [...graph].flatMap(([name, imported]) =>
    imported
      .filter((other) => entries.includes(folderOf(other)) && folderOf(other) !== folderOf(name))
      .map((other) => `${name} → ${other}`),
  );
}

function folderOf(name: string): string {
  return name.split("/")[0]!;
}
