import { describe, expect, it } from "vitest";
import { AT_LEAST, saidOf, SETTINGS } from "./section-words.ts";

const PLACES = [
  { name: "104", price: "165,000원", left: "255석" },
  { name: "1층 중앙", price: "99,000원~", left: "매진" },
  { name: "F1", price: "₩165,000", left: "" },
];

describe("the words on a section", () => {
  it.each(PLACES)("tell the grade by its letter, however little room there is: $name", (words) => {
    for (const { says } of [...SETTINGS, AT_LEAST]) {
      const lines = says.map((line) => saidOf(words, "Ω")[line]);
      expect(lines.join(" ").split("Ω")).toHaveLength(2);
    }
  });

  it("say less from setting to setting", () => {
    const sizes = SETTINGS.map(({ says, name }) => says.length * 100 + name);
    expect(SETTINGS[0]!.says).toEqual(["name", "price", "left"]);
    expect(sizes[0]).toBe(Math.max(...sizes));
    expect(SETTINGS.at(-1)!.says).toEqual(["letter"]);
  });
});
