import { pbkdf2Sync } from "node:crypto";
import { expect, it } from "vitest";
import { pbkdf2 } from "./pbkdf2.ts";

it("derives the same keys as the platform does", () => {
  for (const [passwordLength, saltLength] of [
    [20, 16],
    [0, 0],
    [64, 55],
    [65, 64],
    [200, 130],
  ] as const) {
    const password = Uint8Array.from({ length: passwordLength }, (_, i) => i * 7);
    const salt = Uint8Array.from({ length: saltLength }, (_, i) => i * 13);
    for (const cost of [1, 2, 200]) {
      const wanted = pbkdf2Sync(password, salt, cost, 32, "sha256");
      expect(Buffer.from(pbkdf2(password, salt, cost, 32))).toEqual(wanted);
    }
  }
});

it("tries hundreds of keys in a second", () => {
  const [password, salt] = [new Uint8Array(20), new Uint8Array(16)];
  const began = performance.now();
  for (let i = 0; i < 100; i++) pbkdf2(password, salt, 200, 32);
  expect(performance.now() - began).toBeLessThan(2_000);
});
