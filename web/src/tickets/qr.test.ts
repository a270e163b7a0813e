import { encode } from "uqr";
import { expect, it } from "vitest";
import { qrPath } from "./qr.ts";

it("a QR code is drawn square for square", () => {
  const text = "yemae-ticket-0199d3b2.signature";
  const { path, size } = qrPath(text);
  const drawn = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    drawn[Number(y)]!.fill(true, Number(x), Number(x) + Number(width));
  }
  expect(drawn).toEqual(encode(text, { ecc: "M", border: 4 }).data);
  expect(drawn[3]!.some(Boolean)).toBe(false);
  expect(drawn[4]!.slice(4, 11).every(Boolean)).toBe(true);
});
