import { describe, expect, it } from "vitest";
import type { Table } from "../fields.ts";
import { editedOf, hallOf, restoreHall } from "./drawn.ts";
import { hallFile } from "./testing.ts";

describe("what the plan's editor can undo", () => {
  it("is the hall, and not what other panels say of grades and clocks", () => {
    const file = hallFile();
    const [plan, edited] = [hallOf(file), editedOf(file)];
    (file["grades"] as Table[])[0]!["price"] = 99_000;
    file["time_zone"] = "Asia/Seoul";
    expect(hallOf(file)).not.toBe(plan);
    expect(editedOf(file)).toBe(edited);
    (file["sections"] as Table[])[1]!["rows"] = ["A:1-2"];
    file["blocks"] = [{ name: "press", reason: "press", seats: ["A-1"] }];
    restoreHall(file, edited);
    expect(editedOf(file)).toBe(edited);
    expect(file).not.toHaveProperty("blocks");
    expect(file["grades"]).toEqual([{ name: "R", price: 99_000 }, { name: "S" }]);
    expect(file["time_zone"]).toBe("Asia/Seoul");
  });
});
