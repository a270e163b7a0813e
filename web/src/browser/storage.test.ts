import { afterEach, describe, expect, it, vi } from "vitest";
import { keep, kept } from "./storage.ts";

afterEach(() => vi.unstubAllGlobals());

describe("what the browser keeps", () => {
  it("is kept until the page is left where the storage is full", () => {
    const stored = new Map([["yemae:place", "old"]]);
    vi.stubGlobal("localStorage", {
      getItem: (name: string) => stored.get(name) ?? null,
      removeItem: (name: string) => stored.delete(name),
      setItem() {
        throw new DOMException("full", "QuotaExceededError");
      },
    });
    keep("place", "new");
    expect(kept("place")).toBe("new");
    keep("place", null);
    expect(kept("place")).toBeNull();
  });
});
