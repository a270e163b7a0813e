import { expect, it } from "vitest";
import { appsOf } from "./phone-apps.ts";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Safari";
const ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/131 Mobile";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131";

it("a phone is offered the app that it has, and another device each", () => {
  expect(appsOf(["apple", "google"], IPHONE)).toEqual(["apple"]);
  expect(appsOf(["apple", "google"], ANDROID)).toEqual(["google"]);
  expect(appsOf(["apple", "google"], WINDOWS)).toEqual(["apple", "google"]);
});

it("an app that the server makes no tickets for is offered on no device", () => {
  expect(appsOf(["google"], IPHONE)).toEqual([]);
  expect(appsOf([], WINDOWS)).toEqual([]);
});
