import { describe, expect, it } from "vitest";
import { match, pathTo, ROUTES, type RouteName } from "./routes.ts";

describe("routes", () => {
  it("find every route by the path that leads to it", () => {
    const parts = { concert: "small hall/1", performance: "밤 공연", order: "7", provider: "club" };
    for (const name of Object.keys(ROUTES) as RouteName[]) {
      const found = match(pathTo(name, parts));
      expect(found.name).toBe(name);
      for (const [part, value] of Object.entries(found.parts)) {
        expect(value).toBe(parts[part as keyof typeof parts]);
      }
    }
  });

  it("ignore a slash at the end", () => {
    expect(match("/tickets/").name).toBe("tickets");
  });

  it("know when there is nothing", () => {
    expect(match("/concerts").name).toBeNull();
    expect(match("/tickets/1/2").name).toBeNull();
    expect(match("/concerts/%E0%A4%A").parts["concert"]).toBe("%E0%A4%A");
  });
});
