import { expect, test } from "vitest";
import { Live } from "./live.svelte.ts";

test("sales are as old as the server's last look at them, also where nothing has changed", () => {
  const live = new Live();
  const at = "2030-05-03T12:00:00.000Z";
  live.take({ name: "sales", data: JSON.stringify({ at, lines: [] }) });
  expect(live.salesAt).toBe(Date.parse(at));
  live.hear();
  expect(live.salesAt).toBe(Date.parse(at));
  const later = "2030-05-03T12:00:05.000Z";
  live.take({ name: "sales_unchanged", data: JSON.stringify({ at: later }) });
  expect(live.sales).toEqual({ at, lines: [] });
  expect(live.salesAt).toBe(Date.parse(later));
});
