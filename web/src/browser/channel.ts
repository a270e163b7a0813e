// What the tabs of a browser tell one another under a name.

export interface Channel<T> {
  tell(news: T): void;
  close(): void;
}

/** Hear what other tabs tell; null in a browser that lets tabs not talk. */
export function openChannel<T>(name: string, hear: (news: T) => void): Channel<T> | null {
  if (!("BroadcastChannel" in globalThis)) return null;
  let channel: BroadcastChannel | null = new BroadcastChannel(name);
  channel.onmessage = (event: MessageEvent<T>) => hear(event.data);
  return {
    tell(news) {
      // An answer may come when this tab has left already.
      channel?.postMessage(news);
    },
    close() {
      channel?.close();
      channel = null;
    },
  };
}
