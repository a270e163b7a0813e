import { describe, expect, it } from "vitest";
import type { Schemas } from "../../api/client.ts";
import { currentPhase, saleName, sellsElsewhere, whoMayJoin } from "./phases.ts";

const general: Schemas["Sale"] = {
  id: "hall",
  name: null,
  name_en: null,
  opens_at: "2026-10-24T10:00:00.000Z",
  opens_at_local: null,
  ends_at: "2026-10-25T10:00:00.000Z",
  ends_at_local: null,
  state: "prequeue",
  queueing_method: "fifo",
  seat_limit: 4,
  needs: [],
};
const presale: Schemas["Sale"] = {
  ...general,
  id: "club",
  name: "선예매",
  name_en: "Presale",
  state: "open",
  needs: ["code", "group"],
};

describe("a phase of a sale", () => {
  it("has a name in both languages, and the general sale that of all", () => {
    expect(saleName(presale, "ko", "일반예매")).toBe("선예매");
    expect(saleName(presale, "en", "General sale")).toBe("Presale");
    expect(saleName({ ...presale, name_en: null }, "en", "General sale")).toBe("선예매");
    expect(saleName(general, "ko", "일반예매")).toBe("일반예매");
  });

  it("says who may take part", () => {
    expect(whoMayJoin(general)).toBe("all");
    expect(whoMayJoin(presale)).toBe("either");
    expect(whoMayJoin({ needs: ["group"] })).toBe("group");
  });

  it("stands for the concert while it is the current one, and the general sale is no phase", () => {
    const sales = [presale, general];
    expect(currentPhase(null)).toBeNull();
    expect(currentPhase({ id: "hall", current_sale: "club", sales })).toBe(presale);
    expect(currentPhase({ id: "hall", current_sale: "hall", sales })).toBeNull();
  });

  it("that is sold out leads to another one that sells", () => {
    const soldOut = { ...presale, state: "sold_out" as const };
    expect(sellsElsewhere([soldOut, general], "club")).toBe(true);
    expect(sellsElsewhere([soldOut, { ...general, state: "before_sale" }], "club")).toBe(false);
    expect(sellsElsewhere([soldOut, { ...general, state: "sold_out" }], "club")).toBe(false);
    expect(sellsElsewhere([general], null)).toBe(false);
  });
});
