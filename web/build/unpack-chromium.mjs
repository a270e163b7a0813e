// Unpacks the headless Chromium of @sparticuz/chromium with its libraries and fonts, for machines
// without a browser: node unpack-chromium.mjs FOLDER. The package unpacks into TMPDIR.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = process.argv[2];
mkdirSync(folder, { recursive: true });
process.env.TMPDIR = folder;
const { inflate } = await import("@sparticuz/chromium");
const bin = fileURLToPath(new URL("../node_modules/@sparticuz/chromium/bin", import.meta.url));
for (const name of ["al2023.tar.br", "fonts.tar.br", "chromium.br"]) {
  await inflate(join(bin, name));
}
