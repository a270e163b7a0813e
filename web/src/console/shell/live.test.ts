import { expect, test } from "vitest";
import { salesKnownAt } from "./live.svelte.ts";

test("sales are as old as the server's look at them, and a stream that is heard keeps them", () => {
  const at = "2030-05-03T12:00:00.000Z";
  const looked = Date.parse(at);
  expect(salesKnownAt(at, looked + 1_000)).toBe(looked);
  expect(salesKnownAt(at, looked + 10_000)).toBe(looked);
  expect(salesKnownAt(at, looked + 60_000)).toBe(looked + 50_000);
});
