// Waits in one concert's queue for one fan: takes the steps of queue-state.ts at their times, over sleep,
// lost connections and other tabs. Always holds: a place is given up only when the fan says so.
import { untrack } from "svelte";
import { answered as answerOf, api, asRefused, type Refused } from "../../api/client.ts";
import { bearer, session } from "../accounts/session.svelte.ts";
import { endPass, hadPass, keepPass, keepQueueToken, queueToken } from "./passes.svelte.ts";
import { keep, keptJson } from "../../browser/storage.ts";
import { serverNow } from "../../time/now.svelte.ts";
import {
  answered,
  begin,
  dueWhile,
  endsPlace,
  refused,
  type QueueState,
  type Place,
} from "./queue-state.ts";
import { solve } from "../proof-of-work/solve.ts";
import { takeTurns, type Turns } from "./turns.ts";

/** Where the fan's way through this queue began, so that a reload keeps the progress. */
interface Start {
  readonly number: number;
  readonly position: number;
}

export class Wait {
  state = $state.raw<QueueState>(begin(false, 0));
  /** The position that the progress is measured from. */
  from = $state(0);
  #concert: string;
  #turns: Turns<QueueState> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #leads = false;
  #asking = false;
  /** Why the fan's last join failed; null after anything newer. */
  wishRefused = $state.raw<Refused | null>(null);
  /** The place that is over had led inside. */
  wasInside = $state(false);
  #code: string | null = null;
  /** The fan said to join. Kept apart from the state, which an answer under way may still change. */
  #wants = false;
  #altcha: string | null = null;
  #ended = new AbortController();

  constructor(concert: string) {
    this.#concert = concert;
  }

  /** Begin, or go on with the place that was kept. Returns how to stop. */
  start(): () => void {
    // An effect that starts this reads nothing that changes with the state.
    return untrack(() => this.#start());
  }

  #start(): () => void {
    this.state = begin(queueToken(this.#concert) !== null, serverNow());
    const name = `yemae:queue:${session()?.userId}:${this.#concert}`;
    this.#turns = takeTurns<QueueState>(
      name,
      (leads) => this.#lead(leads),
      (state) => {
        this.#show(state);
        this.#plan();
      },
    );
    const look = (): void => this.#plan();
    const { signal } = this.#ended;
    // A timer stands still while a phone sleeps, and a connection that is back is used at once.
    document.addEventListener("visibilitychange", look, { signal });
    addEventListener("online", () => this.now(), { signal });
    return () => this.#stop();
  }

  /** Take the next step at once. */
  now(): void {
    this.state = { ...this.state, dueAt: Math.min(this.state.dueAt, serverNow()) };
    this.#plan();
  }

  /** Join again, after the fan said so; with a presale code if they have one. */
  join(code: string | null = null): void {
    this.#code = code;
    this.#wants = true;
    this.wishRefused = null;
    if (this.state.step === "ask-fan") this.state = { ...this.state, slug: null };
    this.#plan();
  }

  /** Join as the last time, after that failed: with the same code or with none. */
  again = (): void => this.join(this.#code);

  /** Give the place up. Throws Refused. */
  async leave(): Promise<void> {
    const token = queueToken(this.#concert);
    if (token) {
      const headers = { "Queue-Token": token };
      await answerOf(api.DELETE("/v1/queue-tokens/me", { params: { header: headers } }));
    }
    keepQueueToken(this.#concert, null);
    this.#stop();
  }

  /** Ask for nothing any more; the place stays. */
  stop(): void {
    this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#ended.abort();
    this.#turns?.stop();
  }

  #lead(leads: boolean): void {
    this.#leads = leads;
    this.#plan();
  }

  #plan(): void {
    clearTimeout(this.#timer);
    const rests = this.state.step === "done" || this.state.step === "ask-fan";
    const acts = this.#wants || (this.#leads && !rests);
    if (!acts || this.#asking || this.#ended.signal.aborted) return;
    const hidden = document.visibilityState === "hidden";
    const left = this.#wants ? 0 : dueWhile(hidden, this.state) - serverNow();
    if (left !== Infinity) this.#timer = setTimeout(() => void this.#step(), Math.max(0, left));
  }

  async #step(): Promise<void> {
    this.#asking = true;
    try {
      await this.#take();
    } finally {
      this.#asking = false;
    }
    this.#turns?.tell(this.state);
    this.#plan();
  }

  async #take(): Promise<void> {
    try {
      const token = queueToken(this.#concert);
      const wants = this.#wants;
      this.#wants = false;
      if (wants && token !== null) return await this.#joinBeside();
      if (wants) this.state = { ...this.state, step: "join" };
      if (this.state.step === "solve") return await this.#solve();
      const polls = this.state.step === "poll" && token !== null;
      const place = polls ? await this.#poll(token) : await this.#join();
      if (!this.#ended.signal.aborted) this.#show(answered(this.state, place, serverNow()));
    } catch (error) {
      this.#hear(asRefused(error));
    }
  }

  /** Join again, such as with a code, while there is a place. Whatever comes of it, the place stays
   * and is asked for as before. */
  async #joinBeside(): Promise<void> {
    try {
      const place = await this.#joinSolving();
      this.#show(answered(this.state, place, serverNow()));
    } catch (error) {
      this.wishRefused = asRefused(error);
    }
  }

  async #joinSolving(): Promise<Place> {
    try {
      return await this.#join();
    } catch (error) {
      if (asRefused(error).slug !== "proof-of-work-required") throw error;
      this.#altcha = await this.#solution();
      if (this.#altcha === null) throw error;
      return this.#join();
    }
  }

  async #poll(token: string): Promise<Place> {
    const params = { header: { "Queue-Token": token } };
    return answerOf(api.GET("/v1/queue-tokens/me", { params }));
  }

  async #join(): Promise<Place> {
    const path = { concert_id: this.#concert };
    const body = {
      ...(this.#code !== null && { presale_code: this.#code }),
      ...(this.#altcha !== null && { altcha: this.#altcha }),
    };
    const call = { params: { path }, headers: await bearer(), body };
    const joined = await answerOf(api.POST("/v1/concerts/{concert_id}/queue-tokens", call));
    this.#altcha = null;
    keepQueueToken(this.#concert, joined.queue_token);
    return joined;
  }

  async #solution(): Promise<string | null> {
    const path = { concert_id: this.#concert };
    const challenge = await answerOf(
      api.GET("/v1/concerts/{concert_id}/challenge", { params: { path } }),
    );
    return solve(challenge);
  }

  async #solve(): Promise<void> {
    this.#altcha = await this.#solution();
    const step = this.#altcha === null ? "ask-fan" : "join";
    this.#show({ ...this.state, step, dueAt: serverNow() });
  }

  #hear(refusal: Refused): void {
    const { slug, problem, retryAfterMs } = refusal;
    if (slug === "proof-of-work-invalid") this.#altcha = null;
    if (endsPlace(slug)) {
      this.wasInside = hadPass(this.#concert);
      endPass(this.#concert);
    }
    const opensAt = typeof problem?.["opens_at"] === "string" ? problem["opens_at"] : null;
    this.#show(refused(this.state, { slug, retryAfterMs, opensAt }, serverNow(), Math.random()));
  }

  #show(state: QueueState): void {
    this.state = state;
    const place = state.place;
    if (place?.state === "waiting") this.#measure(place.number, place.position);
    if (place?.state !== "admitted") return;
    keepPass(this.#concert, { entryToken: place.entry_token, expiresAt: place.entry_expires_at });
  }

  #measure(number: number, position: number): void {
    const name = `start:${this.#concert}`;
    const start = keptJson<Start>(name);
    const same = start?.number === number && start.position >= position;
    this.from = same ? start.position : position;
    if (!same) keep(name, JSON.stringify({ number, position }));
  }
}
