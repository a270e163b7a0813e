import { describe, expect, it } from "vitest";
import {
  answered,
  asked,
  due,
  ended,
  freshness,
  heard,
  nextAt,
  opened,
  retryDelay,
  start,
  unanswered,
  woken,
  type Pulse,
} from "./pulse.ts";

const longest = () => 1;
const shortest = () => 0;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A stream that has spoken at 0. */
const speaking = () => heard(opened(start(0), 0), 0);

/** Let time pass and do what is due, as on a line whose stream does `stream` and whose asks are
 * answered; gives back what was done and when. */
function live(pulse: Pulse, until: number, stream: (pulse: Pulse, now: number) => Pulse) {
  const done: { deed: string; at: number }[] = [];
  for (let now = 0; now <= until; now += 100) {
    pulse = stream(pulse, now);
    for (const deed of due(pulse, now, true)) {
      done.push({ deed, at: now });
      if (deed === "open") pulse = opened(pulse, now);
      if (deed === "cut") pulse = ended(pulse, now, 0, longest);
      if (deed === "ask") pulse = answered(asked(pulse), now, longest);
    }
  }
  return { pulse, done, times: (deed: string) => done.filter((one) => one.deed === deed) };
}

describe("a stream that speaks", () => {
  it("is all that is needed", () => {
    const { pulse, done } = live(start(0), 10 * MINUTE, (now, at) =>
      now.openedAt !== null && at % (9 * SECOND) === 200 ? heard(now, at) : now,
    );
    expect(done).toEqual([{ deed: "open", at: 0 }]);
    expect(freshness(pulse, 10 * MINUTE)).toBe("live");
  });

  it("may end and be opened again without a word and without an ask", () => {
    const before = heard(speaking(), 10 * SECOND);
    const gone = ended(before, 12 * SECOND, 0, longest);
    expect(due(gone, 12.4 * SECOND, true)).toEqual([]);
    expect(freshness(gone, 12.4 * SECOND)).toBe("live");
    expect(due(gone, 12.5 * SECOND, true)).toEqual(["open"]);
    const again = heard(opened(gone, 12.5 * SECOND), 12.6 * SECOND);
    expect(due(again, 25 * SECOND, true)).toEqual([]);
  });
});

describe("a stream that is kept back", () => {
  it("is replaced by asking every few seconds, and tried again in growing pauses", () => {
    const { pulse, times } = live(start(0), 20 * MINUTE, (now) => now);
    const asks = times("ask").map(({ at }) => at);
    expect(asks[0]).toBe(4 * SECOND);
    for (let at = 1; at < asks.length; at++) {
      expect(asks[at]! - asks[at - 1]!).toBeLessThanOrEqual(4.1 * SECOND);
      expect(asks[at]! - asks[at - 1]!).toBeGreaterThanOrEqual(2 * SECOND);
    }
    const opens = times("open").map(({ at }) => at);
    const pauses = opens.slice(1).map((at, index) => at - opens[index]! - 40 * SECOND);
    expect(pauses.slice(0, 4)).toEqual([500, 1000, 2000, 4000]);
    expect(Math.max(...pauses)).toBe(MINUTE);
    expect(freshness(pulse, 20 * MINUTE)).toBe("recent");
  });

  it("is noticed when it falls silent, and not trusted for its first words after that", () => {
    // Each connection lets the first words through, and nothing after them.
    const { times } = live(start(0), 5 * MINUTE, (now) =>
      now.openedAt !== null && now.heardAt === null ? heard(now, now.openedAt) : now,
    );
    const asks = times("ask").map(({ at }) => at);
    expect(asks[0]).toBe(15 * SECOND);
    for (let at = 1; at < asks.length; at++) {
      expect(asks[at]! - asks[at - 1]!).toBeLessThanOrEqual(4.1 * SECOND);
    }
  });

  it("is trusted again when it has spoken twice", () => {
    const silent = ended(speaking(), 40 * SECOND, 0, longest);
    const once = heard(opened(silent, MINUTE), MINUTE);
    expect(due(once, MINUTE + 5 * SECOND, true)).toEqual(["ask"]);
    const atOnce = heard(once, MINUTE + 10);
    expect(due(atOnce, MINUTE + 5 * SECOND, true)).toEqual(["ask"]);
    const twice = heard(once, MINUTE + 9 * SECOND);
    expect(due(twice, MINUTE + 20 * SECOND, true)).toEqual([]);
    expect(freshness(twice, MINUTE + 9 * SECOND)).toBe("live");
    expect(twice.failures).toBe(0);
  });
});

describe("asking", () => {
  it("and the stream rest while the fan looks elsewhere, and begin at once when the fan is back", () => {
    const gone = ended(speaking(), SECOND, 0, longest);
    expect(due(gone, MINUTE, false)).toEqual([]);
    expect(due(opened(gone, MINUTE), MINUTE, false)).toEqual(["cut"]);
    expect(nextAt(gone, MINUTE, false)).toBe(Infinity);
    expect(due(woken(gone, MINUTE), MINUTE, true)).toEqual(["open", "ask"]);
  });

  it("is spread, slows down when it fails, and says that the picture is old", () => {
    const gone = ended(speaking(), SECOND, 0, shortest);
    expect(gone.askFrom).toBe(3 * SECOND);
    expect(ended(speaking(), SECOND, 0, longest).askFrom).toBe(5 * SECOND);
    const failed = unanswered(asked(gone), 5 * SECOND, 0, longest);
    expect(freshness(failed, 5 * SECOND)).toBe("old");
    const often = [1, 2, 3, 4, 5, 6, 7, 8].reduce(
      (pulse) => unanswered(asked(pulse), 0, 0, longest),
      failed,
    );
    expect(often.askFrom).toBe(MINUTE);
    expect(freshness(answered(asked(often), MINUTE, longest), MINUTE)).toBe("recent");
  });

  it("is not made twice at the same time", () => {
    const asking = asked(ended(speaking(), SECOND, 0, longest));
    expect(due(asking, 10 * SECOND, true)).toEqual(["open"]);
  });

  it("and opening wait as long as the server wants, even when the fan comes back", () => {
    const refused = ended(opened(start(0), 0), 0, 9 * SECOND, shortest);
    expect(woken(refused, SECOND).openFrom).toBe(9 * SECOND);
    const overloaded = unanswered(asked(refused), 0, 20 * SECOND, shortest);
    expect(woken(overloaded, SECOND).askFrom).toBe(20 * SECOND);
  });
});

describe("the wait before another try", () => {
  it("grows up to a bound, is spread, and is never shorter than the server asks", () => {
    expect(retryDelay(0, 0, shortest)).toBe(250);
    expect(retryDelay(0, 0, longest)).toBe(500);
    expect(retryDelay(3, 0, longest)).toBe(4000);
    expect(retryDelay(60, 0, longest)).toBe(60_000);
    expect(retryDelay(0, 9000, shortest)).toBeGreaterThanOrEqual(9000);
  });
});
