import { describe, expect, it } from "vitest";
import { makeEventParser } from "./event-stream.ts";

const TEXT = 'event: reset\ndata: {"version":1}\n\n: still here\n\ndata: a\ndata: b\n\n';
const EVENTS = [
  { name: "reset", data: '{"version":1}' },
  { name: "message", data: "a\nb" },
];

describe("the parser of event streams", () => {
  it("gives out events with their names, and no comments", () => {
    expect(makeEventParser().feed(TEXT)).toEqual(EVENTS);
  });

  it.each(["\n", "\r\n", "\r"])("takes lines that end with %j, cut at any place", (end) => {
    const text = TEXT.replaceAll("\n", end) + ":";
    for (let cut = 1; cut < text.length; cut++) {
      const parser = makeEventParser();
      const events = [...parser.feed(text.slice(0, cut)), ...parser.feed(text.slice(cut))];
      expect(events).toEqual(EVENTS);
    }
  });

  it("waits for the empty line", () => {
    const parser = makeEventParser();
    expect(parser.feed("data: a\n")).toEqual([]);
    expect(parser.feed("\n")).toEqual([{ name: "message", data: "a" }]);
  });

  it("drops a byte order mark, fields that it doesn't know and events without data", () => {
    const parser = makeEventParser();
    expect(parser.feed("\uFEFFdata:a\nretry: 5\nid\n\nevent: empty\n\n")).toEqual([
      { name: "message", data: "a" },
    ]);
  });

  it("forgets the name with its event, and takes off one space only", () => {
    const parser = makeEventParser();
    expect(parser.feed("event: x\n\ndata:  a\n\n")).toEqual([{ name: "message", data: " a" }]);
  });
});
