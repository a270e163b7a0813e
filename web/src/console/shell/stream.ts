// One stream of server-sent events over `fetch`, which can send an access token where EventSource
// cannot; opened again after it ends or breaks.
//
// Always holds: one connection at a time; each wait before the next is longer, up to a maximum, and
// starts anew after something was heard.
import { makeEventParser, type StreamEvent } from "../../browser/event-stream.ts";

export type StreamState = "connecting" | "live" | "broken";

export interface Listener {
  /** Something was heard, if only a heartbeat. */
  readonly heard: () => void;
  readonly event: (event: StreamEvent) => void;
  readonly state: (state: StreamState) => void;
  /** The server refused with this status; the stream is not opened again. */
  readonly refused: (status: number) => void;
}

const FIRST_WAIT_MS = 500;
const WAIT_MAX_MS = 15_000;
/** The server says something at least every ten seconds. */
const SILENCE_MAX_MS = 25_000;
/** Answers after which asking again changes nothing. */
const FINAL = [401, 403, 404];

/** Keep a stream open; returns how to end it. */
export function openStream(
  path: string,
  headers: () => Record<string, string>,
  listener: Listener,
): () => void {
  const whole = new AbortController();
  let wake = (): void => undefined;
  const hurry = (): void => {
    if (document.visibilityState === "visible") wake();
  };
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);

  async function keep(): Promise<void> {
    let wait = FIRST_WAIT_MS;
    listener.state("connecting");
    while (!whole.signal.aborted) {
      const ended = await once(path, headers(), listener, whole.signal);
      if (whole.signal.aborted) return;
      if (typeof ended === "number") return listener.refused(ended);
      if (ended === "heard") wait = FIRST_WAIT_MS;
      listener.state("broken");
      await new Promise<void>((done) => {
        wake = done;
        setTimeout(done, wait * (0.75 + Math.random() / 2));
      });
      wait = Math.min(wait * 2, WAIT_MAX_MS);
    }
  }

  void keep();
  return () => {
    whole.abort();
    wake();
    removeEventListener("online", hurry);
    document.removeEventListener("visibilitychange", hurry);
  };
}

/** One connection: whether anything was heard on it, or the status that is final. */
async function once(
  path: string,
  headers: Record<string, string>,
  listener: Listener,
  end: AbortSignal,
): Promise<"heard" | "nothing" | number> {
  const connection = new AbortController();
  const stop = (): void => connection.abort();
  end.addEventListener("abort", stop);
  let silence = setTimeout(stop, SILENCE_MAX_MS);
  let outcome: "heard" | "nothing" = "nothing";
  try {
    const response = await fetch(path, { headers, signal: connection.signal, cache: "no-store" });
    if (FINAL.includes(response.status)) return response.status;
    if (!response.ok || response.body === null) return "nothing";
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = makeEventParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return outcome;
      clearTimeout(silence);
      silence = setTimeout(stop, SILENCE_MAX_MS);
      outcome = "heard";
      listener.state("live");
      listener.heard();
      for (const event of parser.feed(value)) listener.event(event);
    }
  } catch {
    return outcome; // The network broke, or the stream was ended.
  } finally {
    clearTimeout(silence);
    end.removeEventListener("abort", stop);
    connection.abort();
  }
}
