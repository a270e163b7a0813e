import { expect, test } from "vitest";
import { backOf, changeOf } from "./pace.ts";

const now = { admit_per_minute: 600, active_limit: 100 };

test("only what was typed is sent", () => {
  const typed = { admit_per_minute: 900, active_limit: null };
  expect(changeOf(typed, now)).toEqual({ admit_per_minute: 900 });
  expect(changeOf({ admit_per_minute: 600, active_limit: 50 }, now)).toEqual({ active_limit: 50 });
  expect(changeOf({ admit_per_minute: null, active_limit: null }, now)).toEqual({});
});

test("undoing takes back what was changed, and nothing that was set since", () => {
  const change = { admit_per_minute: 900 };
  const meanwhile = { admit_per_minute: 900, active_limit: 50 };
  expect(backOf(change, now, meanwhile)).toEqual({ admit_per_minute: 600 });
  expect(backOf(change, now, now)).toEqual({ admit_per_minute: 600 });
  expect(backOf(change, now, { ...meanwhile, admit_per_minute: 700 })).toEqual({});
});
