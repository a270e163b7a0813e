import { describe, expect, it } from "vitest";
import { labels } from "./labels.ts";
import { namesOf, PARTS, SECTIONS, type Table } from "./fields.ts";
import { isAt } from "./faults.ts";
import {
  blank,
  inOneOrder,
  offsetOf,
  put,
  putInside,
  rowAfter,
  rowsOf,
  shown,
  typed,
} from "./form.ts";

describe("the form of a concert", () => {
  it("has words for every field, in both languages", () => {
    for (const language of ["ko", "en"] as const) {
      const missing = [...namesOf()].filter((name) => !(name in labels[language]));
      expect(missing).toEqual([]);
    }
  });

  it("says where a fault is", () => {
    const fault = { field: "sections[0].rows[1]", detail: "wrong" };
    expect(isAt(fault, "sections[0].rows")).toBe(true);
    expect(isAt(fault, "sections[0].row")).toBe(false);
    expect(isAt({ ...fault, field: "performances[0].prices.R" }, "performances[0].prices")).toBe(
      true,
    );
  });

  it("is the same in whatever order its fields were written", () => {
    const table = { a: 1, grades: [{ name: "R", price: 2 }] };
    expect(inOneOrder({ grades: [{ price: 2, name: "R" }], a: 1 })).toBe(inOneOrder(table));
    expect(inOneOrder({ ...table, a: 2 })).not.toBe(inOneOrder(table));
    const [first, second] = [{ name: "R" }, { name: "S" }];
    expect(inOneOrder({ grades: [second, first] })).not.toBe(
      inOneOrder({ grades: [first, second] }),
    );
  });

  it("shows a value as it was typed", () => {
    for (const [kind, text, value] of [
      ["text", "a", "a"],
      ["whole", "12", 12],
      ["whole", "x", "x"],
      ["number", "1.5", 1.5],
      ["lines", "A:1-2\nB:1", ["A:1-2", "B:1"]],
      ["prices", "R = 100\nS = 50", { R: 100, S: 50 }],
    ] as const) {
      expect(typed(kind, text, "")).toEqual(value);
      expect(shown(kind, value)).toBe(text);
    }
    expect(typed("text", " ", "")).toBeUndefined();
    expect(shown("text", undefined)).toBe("");
    expect(typed("prices", "R", "")).toEqual({ R: "" });
  });

  it("writes times on the venue's clocks, or with an offset", () => {
    const now = new Date();
    expect(typed("moment", "2030-05-03T20:00", "")).toBe("2030-05-03T20:00:00");
    expect(shown("moment", "2030-05-03T20:00:00+09:00")).toBe("2030-05-03T20:00");
    expect(offsetOf("Asia/Seoul", "2030-05-03T20:00:00+09:00", now)).toBe("");
    expect(offsetOf(undefined, "2030-05-03T20:00:00+09:00", now)).toBe("+09:00");
    expect(offsetOf("", undefined, now)).toMatch(/^[+-]\d\d:\d\d$/);
  });

  it("drops what is empty", () => {
    const file: Table = { title: "a" };
    put(file, "title", undefined);
    const [fee] = PARTS["prices"]!.tables.filter(({ name }) => name === "booking_fee");
    putInside(file, fee!, fee!.fields[0]!, 1000);
    expect(file).toEqual({ booking_fee: { amount: 1000 } });
    putInside(file, fee!, fee!.fields[0]!, undefined);
    expect(file).toEqual({});
    expect(blank(SECTIONS, { grades: [{ name: "VIP" }] })).toEqual({ grade: "VIP" });
  });

  it("makes rows of seats, with aisles and with names beyond Z", () => {
    expect(rowsOf("A", 8, 20, [10])).toEqual(["A-H:1-10,12-21"]);
    expect(rowsOf("A", 1, 5, [])).toEqual(["A:1-5"]);
    expect(rowsOf("1", 3, 5, [9, 0])).toEqual(["1-3:1-5"]);
    expect(rowsOf("Y", 3, 2, [])).toEqual(["Y:1-2", "Z:1-2", "AA:1-2"]);
    expect([rowAfter("A", 8), rowAfter("1", 3), rowAfter("Y", 2)]).toEqual(["I", "4", "AA"]);
    expect([rowAfter("가", 2), rowAfter("A", 90)]).toEqual(["가", "A"]);
  });
});
