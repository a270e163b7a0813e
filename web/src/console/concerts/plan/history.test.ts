import { describe, expect, it } from "vitest";
import { begun, recorded, redone, STEPS_MAX, undone } from "./history.ts";

describe("the history of an edit", () => {
  it("goes back and forth, and forgets what was undone once something else is done", () => {
    let history = recorded(recorded(begun("a"), "b"), "c");
    history = undone(history);
    expect(history.now).toBe("b");
    history = undone(undone(undone(history)));
    expect(history).toEqual({ past: [], now: "a", future: ["b", "c"] });
    history = redone(history);
    expect(history.now).toBe("b");
    history = recorded(history, "d");
    expect(history).toEqual({ past: ["a", "b"], now: "d", future: [] });
    expect(redone(history)).toEqual(history);
  });

  it("has no step where nothing has changed, and no more than it may have", () => {
    let history = begun("0");
    expect(recorded(history, "0")).toBe(history);
    for (let step = 1; step <= STEPS_MAX + 5; step++) history = recorded(history, String(step));
    expect(history.past).toHaveLength(STEPS_MAX);
    expect(history.past[0]).toBe("5");
  });
});
