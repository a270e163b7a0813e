// How the page is built: hashed names under assets/, compressed once here instead of by the server
// at every request, and nothing inline, because the Content-Security-Policy forbids it.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { TARGET } from "./build/floor.ts";
import { compress } from "./build/compress.ts";
import { routes } from "./build/routes.ts";
import { ROUTES } from "./src/fan/router/routes.ts";
import { serviceWorker } from "./build/service-worker.ts";

export default defineConfig({
  plugins: [svelte(), routes(ROUTES), serviceWorker(), compress()],
  worker: { format: "iife" },
  build: {
    target: TARGET,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8000" } },
});
