import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { en, ko } from "../i18n/problems.ts";
import { isKnown, nextAfter } from "./next.ts";

const API = readFileSync(new URL("../../../../openapi.json", import.meta.url), "utf-8");
const PATHS = (JSON.parse(API) as { paths: Record<string, unknown> }).paths;
/** The console shows the server's own words of what operators alone are refused. */
const OF_FANS = Object.entries(PATHS).filter(([path]) => !path.startsWith("/v1/admin"));
const SLUGS = new Set(
  Array.from(JSON.stringify(OF_FANS).matchAll(/"\/problems\/([a-z-]+)"/g), (match) => match[1]!),
);
const OURS = ["unreachable", "unreadable", "page-failed", "unknown"];
/** What the API answers where it has no call: no operation declares these. */
const BEYOND = [
  ...["not-found", "method-not-allowed"],
  ...["head-too-large", "target-too-long", "malformed-request"],
];

describe("every problem of a fan's call", () => {
  it("is found in openapi.json", () => {
    expect(SLUGS.size).toBeGreaterThan(35);
  });

  it.each([...SLUGS, ...OURS, ...BEYOND])(
    "%s has words in both languages and a next step",
    (slug) => {
      for (const words of [ko, en] as Record<string, { title: string; text: string }>[]) {
        expect(words[slug]?.title).toBeTruthy();
        expect(words[slug]?.text).toBeTruthy();
      }
      expect(isKnown(slug)).toBe(true);
    },
  );

  it("that is newer than this page can be tried again", () => {
    expect([isKnown("brand-new"), nextAfter("brand-new")]).toEqual([false, "retry"]);
  });
});

it("Korean words are Korean", () => {
  for (const { title, text } of Object.values(ko)) expect(title + text).toMatch(/[가-힣]/);
  for (const { title, text } of Object.values(en)) expect(title + text).not.toMatch(/[가-힣]/);
});
