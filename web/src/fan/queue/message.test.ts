import { describe, expect, it } from "vitest";
import { messageText } from "./message.ts";

const END = "2026-11-22T11:30:00.000Z";
const message = { ko: "곧 엽니다", en: "", until: END };

describe("an operator's message", () => {
  it("is shown until its end, also between two answers of the server", () => {
    expect(messageText(message, "en", Date.parse(END) - 1)).toBe("곧 엽니다");
    expect(messageText(message, "en", Date.parse(END))).toBeNull();
  });

  it("without an end is shown until it is removed, in the fan's language where it has that", () => {
    expect(messageText({ ko: "곧 엽니다", en: "Soon" }, "en", Date.parse(END))).toBe("Soon");
    expect(messageText({ ko: "", en: "Soon" }, "ko", 0)).toBe("Soon");
    expect(messageText(undefined, "ko", 0)).toBeNull();
  });
});
