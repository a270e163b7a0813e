import { describe, expect, it } from "vitest";
import { ownNames, usesOfScript, usesOfStyle } from "./compat.ts";

const names = (found: Map<string, string[]>) => [...found.keys()].sort();

describe("the check of what browsers have", () => {
  it("finds what a browser of the floor lacks in a script", () => {
    const found = usesOfScript(
      "AbortSignal.any([s]);new TextDecoderStream;list.findLast(f);navigator.locks;/(?<=a)b/.test(s)",
    );
    expect(names(found)).toEqual(
      [".findLast", ".locks", "/(?<=a)b/", "AbortSignal.any", "TextDecoderStream"].sort(),
    );
    expect(found.get(".findLast")).toEqual(["firefox", "firefox_android"]);
  });

  it("lets pass what all of them have, and what the page calls so itself", () => {
    const text =
      "list.at(-1);new AbortController;structuredClone(a);const o={findLast(){}};o.findLast()";
    expect(names(usesOfScript(text, ownNames(text)))).toEqual([]);
    expect(names(usesOfScript(text))).toEqual([".findLast"]);
  });

  it("finds it in a style sheet", () => {
    const found = usesOfStyle(
      "a:has(b){width:100dvh;background:color-mix(in srgb,red,blue);gap:1rem}",
    );
    expect(names(found)).toEqual(["1dvh", ":has", "color-mix()"]);
  });
});
