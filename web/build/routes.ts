// Writes routes.json: the addresses that the server answers with the page.
import type { Plugin } from "vite";
import { ROUTES } from "../src/fan/router/routes.ts";

/** The server reads the list at its start, so that a page that replaces this one brings its own. */
export function routes(): Plugin {
  return {
    name: "yemae-routes",
    apply: "build",
    generateBundle() {
      const source = JSON.stringify(Object.values(ROUTES).map(({ path }) => path));
      this.emitFile({ type: "asset", fileName: "routes.json", source });
    },
  };
}
