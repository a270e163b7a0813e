// Writes sw.js: the service worker, with the list of the files that the pages of tickets are made of.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Plugin, Rolldown } from "vite";

const SOURCE = new URL("../src/offline/sw.js", import.meta.url);
/** What is loaded at the start, and what the pages that open without a network load besides. */
const LAZY = ["MyTicketsPage.svelte", "offline.ts"];

type Bundle = Rolldown.OutputBundle;

/** Its version follows from the files and its own text, so that it changes with either. */
export function serviceWorker(): Plugin {
  return {
    name: "yemae-service-worker",
    apply: "build",
    enforce: "post",
    async generateBundle(_options, bundle) {
      const files = JSON.stringify([...filesOf(bundle)].sort().map((name) => `/${name}`));
      const text = await readFile(SOURCE, "utf8");
      const version = createHash("sha256").update(files).update(text).digest("hex").slice(0, 16);
      const source = `const FILES = ${files};\nconst VERSION = "${version}";\n${text}`;
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}

function filesOf(bundle: Bundle): Set<string> {
  const found = new Set<string>();
  for (const chunk of Object.values(bundle)) {
    if (chunk.type !== "chunk") continue;
    const isLazy = LAZY.some((name) => chunk.facadeModuleId?.endsWith(`/${name}`));
    if (chunk.isEntry || isLazy) addWith(bundle, chunk.fileName, found);
  }
  return found;
}

/** A chunk, its styles, and what it imports at once. */
function addWith(bundle: Bundle, name: string, found: Set<string>): void {
  const chunk = bundle[name];
  if (chunk?.type !== "chunk" || found.has(name)) return;
  found.add(name);
  for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style);
  for (const other of chunk.imports) addWith(bundle, other, found);
}
