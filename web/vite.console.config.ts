// How the console is built: like the fan's page and apart from it, because two entries of one build
// share chunks, which would become part of what every fan loads first. Its browsers are newer: it
// is used by people who work with it.
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { compress } from "./build/compress.ts";
import { routes } from "./build/routes.ts";
import { SCREENS } from "./src/console/routes.ts";

/** A path of this folder. */
function at(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

export default defineConfig({
  root: at("src/console"),
  base: "/console/",
  publicDir: false,
  plugins: [svelte({ configFile: at("svelte.config.js") }), routes(SCREENS), compress()],
  build: {
    outDir: at("dist-console"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8000" } },
});
