import { describe, expect, it } from "vitest";
import { chanceOf } from "./chance.ts";
import { ems, letter } from "./lines.ts";
import { baselines, HEIGHT, posterOf, WIDTH } from "./poster.ts";

const HALL = { id: "small-hall", artist: "서윤별", title: "첫눈이 오기 전에 — 어쿠스틱 콘서트" };

describe("a poster", () => {
  it("is the same every time", () => {
    expect(posterOf(HALL)).toEqual(posterOf({ ...HALL }));
  });

  it("differs from concert to concert", () => {
    const seen = new Set(
      Array.from({ length: 60 }, (_, i) =>
        JSON.stringify(posterOf({ ...HALL, id: `c${i}` }).shapes),
      ),
    );
    expect(seen.size).toBe(60);
  });

  it("is drawn with numbers only", () => {
    for (let i = 0; i < 60; i += 1) {
      for (const { path } of posterOf({ ...HALL, id: `c${i}` }).shapes) {
        expect(path).not.toMatch(/NaN|undefined|Infinity/);
      }
    }
  });

  it("has its lettering inside, the artist above the title", () => {
    const long = {
      id: "x",
      artist: "A rather long name of a large orchestra",
      title: "긴 제목 ".repeat(30),
    };
    for (const concert of [HALL, long, { id: "y", artist: "IU", title: "H" }]) {
      const poster = posterOf(concert);
      const { artist, title } = baselines(poster);
      expect(artist[0]).toBeGreaterThan(poster.artist.size);
      expect(artist.at(-1)!).toBeLessThan(title[0]!);
      expect(title.at(-1)).toBeLessThan(HEIGHT);
      for (const line of poster.artist.lines)
        expect(ems(line) * poster.artist.size).toBeLessThan(WIDTH);
    }
  });
});

describe("lettering", () => {
  it("takes the largest size that fits", () => {
    expect(letter("서윤별", 252, 2, [54, 20])).toEqual({ lines: ["서윤별"], size: 54 });
    expect(letter("하나 둘 셋 넷 다섯 여섯", 100, 2, [54, 15]).size).toBe(15);
  });

  it("is cut when nothing fits", () => {
    // Bold letters that are wide in every font.
    expect(letter("Ensemble & Moon Ian", 252, 1, [24, 22]).size).toBe(22);
    const { lines } = letter("가".repeat(99), 100, 2, [20]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^가+…$/);
  });
});

it("chance is even and repeatable", () => {
  const [a, b] = [chanceOf("x"), chanceOf("x")];
  const drawn = Array.from({ length: 1000 }, a);
  expect(drawn).toEqual(Array.from({ length: 1000 }, b));
  const mean = drawn.reduce((sum, number) => sum + number) / drawn.length;
  expect(mean).toBeGreaterThan(0.45);
  expect(mean).toBeLessThan(0.55);
});
