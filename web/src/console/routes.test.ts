import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { match, pathTo, SCREENS } from "./routes.ts";

describe("the console's screens", () => {
  it("are found by the path that leads to them", () => {
    for (const [name, { path }] of Object.entries(SCREENS)) {
      const concert = path.includes("{concert}") ? "small hall/1 밤" : null;
      expect(match(pathTo(name, "small hall/1 밤") ?? "")).toEqual({ name, concert });
    }
  });

  it("have a folder each, a path each and a key each", () => {
    const names = Object.keys(SCREENS);
    for (const name of names) {
      const file = fileURLToPath(new URL(`./${name}/Screen.svelte`, import.meta.url));
      expect(existsSync(file), file).toBe(true);
    }
    for (const of of ["path", "key"] as const) {
      expect(new Set(names.map((name) => SCREENS[name]![of])).size).toBe(names.length);
    }
  });

  it("need a concert where their path has one", () => {
    expect(pathTo("line", null)).toBeNull();
    expect(pathTo("home", null)).toBe("/console");
  });

  it("are not everywhere", () => {
    expect(match("/console/nowhere/at/all").name).toBeNull();
    expect(match("/console/%E0%A4%A/line").concert).toBe("%E0%A4%A");
  });
});
