// Writes a .br and a .gz beside each file of the build that becomes smaller by it.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(html|js|css|svg|webmanifest)$/;
const SMALLEST = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };

/** The last step of the build. */
export function compress(): Plugin {
  return {
    name: "yemae-compress",
    apply: "build",
    async writeBundle(options) {
      const folder = options.dir ?? "dist";
      for (const name of await readdir(folder, { recursive: true })) {
        if (TEXT.test(name)) await compressFile(join(folder, name));
      }
    },
  };
}

async function compressFile(path: string): Promise<void> {
  const whole = await readFile(path);
  const smaller = { br: brotliCompressSync(whole, SMALLEST), gz: gzipSync(whole, { level: 9 }) };
  for (const [suffix, bytes] of Object.entries(smaller)) {
    if (bytes.length < whole.length) await writeFile(`${path}.${suffix}`, bytes);
  }
}
