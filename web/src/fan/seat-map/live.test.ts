// Follows a real server on this machine that says what a test wants.
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { follow, type Following } from "./live.ts";

type Answer = (response: ServerResponse, since: string | null) => void;

let server: Server;
let address: string;
let answers: Answer[];
let asks: ((response: ServerResponse, tag: string | undefined) => void)[];
let reports: unknown[];
let following: Following;
let impatience: ReturnType<typeof setInterval>;

beforeEach(async () => {
  answers = [];
  asks = [];
  reports = [];
  server = createServer((request, response) => {
    if (request.url === "/ask") {
      asks.shift()?.(response, request.headers["if-none-match"]);
      return;
    }
    const since = new URL(request.url!, "http://localhost").searchParams.get("since");
    answers.shift()?.(response, since);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterEach(async () => {
  clearInterval(impatience);
  following.stop();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

/** Follow until a report makes `enough` true. */
function until(enough: (reports: unknown[]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const tell = (report: unknown) => {
      reports.push(report);
      if (enough(reports)) resolve();
    };
    const calls = {
      stream: (since: number | null, signal: AbortSignal) =>
        fetch(since === null ? address : `${address}?since=${since}`, { signal }),
      ask: (tag: string | null, signal: AbortSignal) =>
        fetch(`${address}ask`, { headers: tag === null ? {} : { "If-None-Match": tag }, signal }),
    };
    following = follow(calls, () => true, {
      onreset: (version, taken, plan) => tell(["reset", version, taken, plan]),
      onchange: (version, taken, freed) => tell(["change", version, taken, freed]),
      onfreshness: tell,
      onrefused: (response) => tell(response.status),
    });
    // What waits for its next try need not wait in a test.
    impatience = setInterval(() => following.wake(), 20);
  });
}

/** What was reported of seats, without what was said of the connection. */
const seats = () => reports.filter((report) => Array.isArray(report));
const untilSeats = (count: number) => until(() => seats().length === count);

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const everything = (version: number, taken: string) => ({ version, taken, plan: "p" });
const RESET = event("reset", everything(3, "AA=="));
const CHANGE = event("seats", { version: 4, taken: [1], freed: [] });

describe("following", () => {
  it("reports everything first and changes after it, in order", async () => {
    answers.push((response) => response.write(`: still here\n\n${RESET}${CHANGE}`));
    await untilSeats(2);
    expect(seats()).toEqual([
      ["reset", 3, "AA==", "p"],
      ["change", 4, [1], []],
    ]);
  });

  it("goes on where it was when the stream has ended", async () => {
    const since: (string | null)[] = [];
    answers.push(
      (response, asked) => {
        since.push(asked);
        response.end(RESET);
      },
      (response, asked) => {
        since.push(asked);
        response.write(CHANGE);
      },
    );
    await untilSeats(2);
    expect(since).toEqual([null, "3"]);
    expect(seats()[1]).toEqual(["change", 4, [1], []]);
  });

  it("tries again after a server that is overloaded or cuts the line", async () => {
    answers.push(
      (response) => response.writeHead(503).end(),
      (response) => response.destroy(),
      (response) => response.write(RESET),
    );
    await untilSeats(1);
    expect(seats()).toEqual([["reset", 3, "AA==", "p"]]);
  });

  it("asks as long as the stream is refused, and only for what is new", async () => {
    const tags: (string | undefined)[] = [];
    const answer = (status: number, version: number) =>
      asks.push((response, tag) => {
        tags.push(tag);
        response.writeHead(status, { ETag: `"${version}"` });
        response.end(status === 200 ? JSON.stringify(everything(version, "AA==")) : undefined);
      });
    answers.push(
      ...Array.from({ length: 999 }, () => (response: ServerResponse) => {
        response.writeHead(503).end();
      }),
    );
    answer(200, 5);
    answer(304, 5);
    answer(503, 0);
    answer(200, 6);
    await untilSeats(2);
    expect(tags).toEqual([undefined, '"5"', '"5"', '"5"']);
    expect(reports.slice(0, 4)).toEqual([
      "recent",
      ["reset", 5, "AA==", "p"],
      "old",
      ["reset", 6, "AA==", "p"],
    ]);
  });

  it("opens the stream anew where an answer has overtaken it", async () => {
    let stream: ServerResponse | undefined;
    answers.push(
      (response) => response.end(RESET),
      (response) => {
        stream = response;
        response.write(": still here\n\n");
      },
      (response, since) =>
        response.write(event("seats", { version: 7, taken: [+since!], freed: [] })),
    );
    // The second stream is doubted, so that everything is asked for; its change comes too late.
    asks.push((response) => response.end(JSON.stringify(everything(5, "Ag=="))));
    await untilSeats(2);
    await vi.waitUntil(() => stream !== undefined);
    stream!.write(CHANGE);
    await vi.waitUntil(() => seats().length === 3);
    expect(seats()).toEqual([
      ["reset", 3, "AA==", "p"],
      ["reset", 5, "Ag==", "p"],
      ["change", 7, [5], []],
    ]);
  });

  it.each(["stream", "ask"])("ends when the server refuses the %s, and says how", async (what) => {
    if (what === "stream") answers.push((response) => response.writeHead(403).end());
    else asks.push((response) => response.writeHead(403).end());
    await until((reports) => reports.includes(403));
    expect(reports.at(-1)).toBe(403);
  });
});
