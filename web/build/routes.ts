// Writes routes.json: the addresses that the server answers with the page.
import type { Plugin } from "vite";
/** The server reads the list at its start, so that a page that replaces this one brings its own. */
export function routes(table: Readonly<Record<string, { readonly path: string }>>): Plugin {
  return {
    name: "yemae-routes",
    apply: "build",
    generateBundle() {
      const source = JSON.stringify(Object.values(table).map(({ path }) => path));
      this.emitFile({ type: "asset", fileName: "routes.json", source });
    },
  };
}
