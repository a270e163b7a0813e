import { expect, it } from "vitest";
import { typeName, typeProof } from "./price-type.ts";

const child = { name: "어린이", name_en: "Child", proof: "신분증", proof_en: "ID" };

it("a price type is said in the reader's language", () => {
  expect([typeName(child, "ko"), typeProof(child, "ko")]).toEqual(["어린이", "신분증"]);
  expect([typeName(child, "en"), typeProof(child, "en")]).toEqual(["Child", "ID"]);
});

it("without English words the others are said", () => {
  const bare = { name: "어린이", proof: "신분증", name_en: null };
  expect([typeName(bare, "en"), typeProof(bare, "en")]).toEqual(["어린이", "신분증"]);
  expect(typeProof({ name: "조기예매" }, "ko")).toBeNull();
});
