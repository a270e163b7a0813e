import { describe, expect, it, vi } from "vitest";
import { answerLeaving, asksToLeave, guard, isUnsaved, leaving } from "./unsaved.svelte.ts";

describe("leaving a screen", () => {
  it("asks nothing while nothing is unsaved", () => {
    const leave = vi.fn();
    leaving(leave);
    const stop = guard(() => false);
    leaving(leave);
    expect(leave).toHaveBeenCalledTimes(2);
    expect(asksToLeave()).toBe(false);
    stop();
  });

  it("waits for the operator where something is unsaved", () => {
    const leave = vi.fn();
    const stop = guard(() => true);
    leaving(leave);
    expect(asksToLeave()).toBe(true);
    answerLeaving(false);
    expect([asksToLeave(), isUnsaved()]).toEqual([false, true]);
    expect(leave).not.toHaveBeenCalled();
    leaving(leave);
    answerLeaving(true);
    expect(leave).toHaveBeenCalledOnce();
    // What is given up is not asked about again.
    expect(isUnsaved()).toBe(false);
    stop();
  });

  it("is guarded by the screen that came last", () => {
    const stopFirst = guard(() => false);
    const stopLast = guard(() => true);
    stopFirst();
    expect(isUnsaved()).toBe(true);
    stopLast();
    expect(isUnsaved()).toBe(false);
  });
});
