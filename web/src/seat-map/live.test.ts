// Follows a real server on this machine that says what a test wants.
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { follow, retryDelay, type Following } from "./live.ts";

type Answer = (response: ServerResponse, since: string | null) => void;

let server: Server;
let address: string;
let answers: Answer[];
let told: unknown[];
let following: Following;

beforeEach(async () => {
  answers = [];
  told = [];
  server = createServer((request, response) => {
    const since = new URL(request.url!, "http://localhost").searchParams.get("since");
    answers.shift()?.(response, since);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterEach(async () => {
  following.stop();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

/** Follow until a report makes `enough` true. */
function until(enough: (reports: unknown[]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const tell = (report: unknown) => {
      told.push(report);
      if (enough(told)) resolve();
      // What waits for its next try need not wait in a test.
      if (report === false) queueMicrotask(() => following.wake());
    };
    following = follow(
      (since, signal) => fetch(since === null ? address : `${address}?since=${since}`, { signal }),
      {
        onreset: (version, taken, plan) => tell(["reset", version, taken, plan]),
        onchange: (version, taken, freed) => tell(["change", version, taken, freed]),
        onconnection: tell,
        onrefused: (response) => tell(response.status),
      },
    );
  });
}

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const RESET = event("reset", { version: 3, taken: "AA==", plan: "p" });
const CHANGE = event("seats", { version: 4, taken: [1], freed: [] });

describe("following", () => {
  it("reports everything first and changes after it, in order", async () => {
    answers.push((response) => response.write(RESET + CHANGE));
    await until((reports) => reports.length === 4);
    expect(told).toEqual([["reset", 3, "AA==", "p"], true, ["change", 4, [1], []], true]);
  });

  it("goes on where it was when the stream has ended", async () => {
    const asked: (string | null)[] = [];
    answers.push(
      (response, since) => {
        asked.push(since);
        response.end(RESET);
      },
      (response, since) => {
        asked.push(since);
        response.write(CHANGE);
      },
    );
    await until((reports) => reports.length === 5);
    expect(asked).toEqual([null, "3"]);
    expect(told.slice(2)).toEqual([false, ["change", 4, [1], []], true]);
  });

  it("tries again after a server that is overloaded or cuts the line", async () => {
    answers.push(
      (response) => response.writeHead(503).end(),
      (response) => response.destroy(),
      (response) => response.write(RESET),
    );
    await until((reports) => reports.length === 4);
    expect(told).toEqual([false, false, ["reset", 3, "AA==", "p"], true]);
  });

  it("ends when the server refuses, and says how", async () => {
    answers.push((response) => response.writeHead(403).end());
    await until((reports) => reports.length === 1);
    expect(told).toEqual([403]);
  });
});

describe("the wait before another try", () => {
  it("grows up to a bound, is spread, and is never shorter than the server asks", () => {
    expect(retryDelay(0, 0, () => 0)).toBe(250);
    expect(retryDelay(0, 0, () => 1)).toBe(500);
    expect(retryDelay(3, 0, () => 1)).toBe(4000);
    expect(retryDelay(60, 0, () => 1)).toBe(15_000);
    expect(retryDelay(0, 9000, () => 0)).toBeGreaterThanOrEqual(9000);
  });
});
