// One stream for a whole browser: by HTTP/1.1 a browser opens six connections to a server, and a
// stream keeps one of them. The tab that leads has the stream; other tabs with the same seats hear
// what it says, and tabs with other seats ask every few seconds.
import type { Sharing, Word } from "./live.ts";
import { openChannel } from "../../browser/channel.ts";
import { compete } from "../../browser/leader.ts";

/** The stream of one performance's seats, shared by the tabs of this browser. */
export function oneStream(performance: string): Sharing {
  return {
    compete: (lead) => compete("yemae:stream", lead),
    open: (hear: (word: Word) => void) => openChannel<Word>(`yemae:seats:${performance}`, hear),
  };
}
