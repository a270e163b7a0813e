import { describe, expect, it } from "vitest";
import { languageIn, languageOf } from "./language.ts";

describe("the language", () => {
  it("is the one that was chosen before", () => {
    expect(languageOf("en", ["ko-KR"])).toBe("en");
    expect(languageOf("ko", ["de-DE"])).toBe("ko");
  });

  it("is the browser's first, when it is Korean", () => {
    expect(languageOf(null, ["ko-KR", "en-US"])).toBe("ko");
    expect(languageOf("?", ["ko"])).toBe("ko");
  });

  it("is English for every other preference, and Korean for none", () => {
    expect(languageOf(null, ["de-DE", "ko"])).toBe("en");
    expect(languageOf(null, ["kok-IN"])).toBe("en");
    expect(languageOf(null, [])).toBe("ko");
  });
});

it("words with Hangul in them are Korean, whatever the language of the page", () => {
  expect(languageIn("달빛 아래 왈츠 (Waltz)")).toBe("ko");
  expect(languageIn("NOVA 9")).toBeUndefined();
});
