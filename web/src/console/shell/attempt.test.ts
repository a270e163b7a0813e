import { describe, expect, it } from "vitest";
import { Refused } from "../../api/client.ts";
import { Attempt } from "./attempt.svelte.ts";

/** A call that ends with `end`. */
function call(): { act: () => Promise<void>; end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((done) => (end = done));
  return { act: () => ended, end: () => end() };
}

describe("an attempt", () => {
  it("leaves another call out while one is on its way, and runs the next one after it", async () => {
    const attempt = new Attempt();
    const first = call();
    const done: string[] = [];
    const look = (name: string) => (): Promise<void> => {
      done.push(name);
      return Promise.resolve();
    };
    const running = attempt.run(first.act);
    expect(await attempt.run(look("left out"))).toBe(false);
    const next = attempt.runNext(look("next"));
    await Promise.resolve();
    expect(done).toEqual([]);
    first.end();
    expect([await running, await next]).toEqual([true, true]);
    expect(done).toEqual(["next"]);
  });

  it("says why a look failed, and no more once one has not", async () => {
    const attempt = new Attempt();
    const away = new Refused("unreachable", null, null);
    expect(await attempt.runNext(() => Promise.reject(away))).toBe(false);
    expect(attempt.refused).toBe(away);
    expect(await attempt.runNext(() => Promise.resolve())).toBe(true);
    expect(attempt.refused).toBeNull();
  });
});
