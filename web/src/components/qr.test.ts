import jsQR from "jsqr";
import { encode } from "uqr";
import { expect, it } from "vitest";
import api from "../../../openapi.json" with { type: "json" };
import { type QrPath, qrPath } from "./qr.ts";

const PIXELS = 3;
const shown = api.paths["/v1/orders/{order_id}"].get.responses["200"].content["application/json"];
const code = shown.examples.paid.value.tickets[0]!.code;

function squares({ path, size }: QrPath): boolean[][] {
  const drawn = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    drawn[Number(y)]!.fill(true, Number(x), Number(x) + Number(width));
  }
  return drawn;
}

/** The picture as a camera would see it: dark squares on white. */
function photo(drawn: boolean[][]): Uint8ClampedArray {
  const side = drawn.length * PIXELS;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let at = 0; at < side * side; at += 1) {
    const [x, y] = [Math.floor((at % side) / PIXELS), Math.floor(at / side / PIXELS)];
    if (drawn[y]![x]) pixels.fill(0, at * 4, at * 4 + 3);
  }
  return pixels;
}

it("a QR code is drawn square for square, with its ring of light", () => {
  const drawn = squares(qrPath(code));
  expect(drawn).toEqual(encode(code, { ecc: "M", border: 4 }).data);
  expect(drawn[3]!.some(Boolean)).toBe(false);
  expect(drawn[4]!.slice(4, 11).every(Boolean)).toBe(true);
});

it("a scanner reads a ticket's code, packed as tightly as its characters allow", () => {
  const qr = qrPath(code);
  const side = qr.size * PIXELS;
  const read = jsQR(photo(squares(qr)), side, side, { inversionAttempts: "dontInvert" });
  expect(read?.data).toBe(code);
  expect(read?.chunks.map(({ type }) => type)).toEqual(["alphanumeric"]);
  expect(read?.version).toBe(7);
});
