// Calls about a state that goes on changing: one is on its way at a time, and of the states that came
// meanwhile only the newest is asked for next. So the answer of an older state never takes the place
// of that of a newer one, and a slow server is asked no more than it can answer.

export interface Newest<Asked> {
  /** Ask for a state after a pause, unless another one comes. */
  ask(asked: Asked, waitMs: number): void;
  /** Ask for nothing any more; an answer that is on its way is dropped. */
  stop(): void;
}

interface Receiver<Asked, Answer> {
  call(asked: Asked): Promise<Answer>;
  done(asked: Asked, answer: Answer): void;
  failed(asked: Asked, error: unknown): void;
}

export function newest<Asked, Answer>(receiver: Receiver<Asked, Answer>): Newest<Asked> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: { readonly asked: Asked } | null = null;
  let isOnItsWay = false;
  let hasEnded = false;

  async function next(): Promise<void> {
    timer = undefined;
    if (isOnItsWay || waiting === null) return;
    const { asked } = waiting;
    waiting = null;
    isOnItsWay = true;
    try {
      const answer = await receiver.call(asked);
      if (!hasEnded) receiver.done(asked, answer);
    } catch (error) {
      if (!hasEnded) receiver.failed(asked, error);
    } finally {
      isOnItsWay = false;
      // A state that waits for its time still has its timer.
      if (timer === undefined) void next();
    }
  }

  return {
    ask(asked, waitMs) {
      if (hasEnded) return;
      waiting = { asked };
      clearTimeout(timer);
      timer = setTimeout(() => void next(), waitMs);
    },
    stop() {
      hasEnded = true;
      waiting = null;
      clearTimeout(timer);
    },
  };
}
