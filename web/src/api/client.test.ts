import { afterEach, describe, expect, it, vi } from "vitest";
import { api, asRefused, fetchFile } from "./client.ts";

/** A server that never answers. */
function silent(_: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  return new Promise((_answer, fail) => {
    init?.signal?.addEventListener("abort", () => fail(new Error("aborted")));
  });
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a call that is not answered", () => {
  it("is given up after 12 seconds, and after a minute where it makes a file", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", silent);
    const ended: string[] = [];
    const end =
      (name: string) =>
      (error: unknown): void =>
        void ended.push(`${name}: ${asRefused(error).slug}`);
    api.GET("/v1/settings", { baseUrl: "http://server" }).catch(end("call"));
    fetchFile(new Request("http://server/v1/settings")).catch(end("file"));
    await vi.advanceTimersByTimeAsync(12_000);
    expect(ended).toEqual(["call: unreachable"]);
    await vi.advanceTimersByTimeAsync(47_000);
    expect(ended).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ended).toEqual(["call: unreachable", "file: unreachable"]);
  });
});
