import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { newest } from "./newest.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Calls that are answered by hand, and what they led to. */
function desk() {
  const calls: { asked: string; answer: (text: string) => void; fail: () => void }[] = [];
  const heard: string[] = [];
  const made = newest<string, string>({
    call: (asked) =>
      new Promise((answer, fail) =>
        calls.push({ asked, answer, fail: () => fail(new Error(asked)) }),
      ),
    done: (asked, answer) => void heard.push(`${asked}: ${answer}`),
    failed: (asked) => void heard.push(`${asked} failed`),
  });
  return { calls, heard, ...made };
}

describe("calls about a state that changes", () => {
  it("wait until it has settled", async () => {
    const { ask, calls } = desk();
    ask("a", 300);
    await vi.advanceTimersByTimeAsync(299);
    ask("b", 300);
    await vi.advanceTimersByTimeAsync(299);
    expect(calls).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls.map(({ asked }) => asked)).toEqual(["b"]);
  });

  it("are one at a time, and only the newest is asked for next", async () => {
    const { ask, calls, heard } = desk();
    for (const state of ["a", "b", "c"]) {
      ask(state, 0);
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(calls.map(({ asked }) => asked)).toEqual(["a"]);
    calls[0]!.answer("late");
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.map(({ asked }) => asked)).toEqual(["a", "c"]);
    calls[1]!.answer("new");
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(["a: late", "c: new"]);
  });

  it("go on after one that failed, and keep the time of one that waits", async () => {
    const { ask, calls, heard } = desk();
    ask("a", 0);
    await vi.advanceTimersByTimeAsync(0);
    ask("b", 100);
    calls[0]!.fail();
    await vi.advanceTimersByTimeAsync(0);
    expect([heard, calls.length]).toEqual([["a failed"], 1]);
    await vi.advanceTimersByTimeAsync(100);
    expect(calls).toHaveLength(2);
  });

  it("end without a word", async () => {
    const { ask, stop, calls, heard } = desk();
    ask("a", 0);
    await vi.advanceTimersByTimeAsync(0);
    ask("b", 10);
    stop();
    calls[0]!.answer("late");
    ask("c", 0);
    await vi.advanceTimersByTimeAsync(100);
    expect([heard, calls.length]).toEqual([[], 1]);
  });
});
