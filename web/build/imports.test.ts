import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { circleIn, graphOf, importsOf, intrusionsIn } from "./imports.ts";

const PAGE = graphOf(fileURLToPath(new URL("../src", import.meta.url)));

describe("the modules of src/", () => {
  it("are found, with what they import", () => {
    expect(PAGE.get("fan/main.ts")).toContain("api/client.ts");
    expect(PAGE.get("fan/booking/SeatsPage.svelte")).toContain("fan/seat-map/SeatMap.svelte");
    expect(PAGE.get("fan/proof-of-work/solve.ts")).toContain("fan/proof-of-work/solve.worker.ts");
    for (const name of [...PAGE.values()].flat()) {
      if (/\.(ts|svelte)$/.test(name)) expect(PAGE.has(name) || name.startsWith("..")).toBe(true);
    }
  });

  it("import one another in no circle", () => {
    expect(circleIn(PAGE)).toBeNull();
  });

  it("reach into no entry from outside", () => {
    expect(intrusionsIn(PAGE)).toEqual([]);
  });
});

describe("the check of imports", () => {
  it("reads every kind of import", () => {
    const text =
      'import "./a.css";import x from "../b.ts";import type { Y } from "./c.ts";\n' +
      'export { z } from "./d.ts";const lazy = import("./e.svelte");import W from "./f.ts?worker";';
    expect(importsOf("fan/x.ts", text)).toEqual(
      ["a.css", "../b.ts", "c.ts", "d.ts", "e.svelte", "f.ts"].map((name) =>
        name.startsWith("../") ? name.slice(3) : `fan/${name}`,
      ),
    );
  });

  it("finds a circle, and none where two ways meet or a component has itself inside", () => {
    const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));
    expect(circleIn(graph({ a: ["b"], b: ["c"], c: ["b"] }))).toEqual(["b", "c", "b"]);
    expect(circleIn(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }))).toBeNull();
    expect(circleIn(graph({ a: ["a"] }))).toBeNull();
  });

  it("finds an import from outside an entry", () => {
    const graph = new Map([
      ["fan/main.ts", ["api/client.ts", "fan/App.svelte"]],
      ["console/main.ts", ["fan/App.svelte"]],
      ["api/client.ts", ["fan/i18n/words.ts"]],
    ]);
    expect(intrusionsIn(graph)).toEqual([
      "console/main.ts → fan/App.svelte",
      "api/client.ts → fan/i18n/words.ts",
    ]);
  });
});
