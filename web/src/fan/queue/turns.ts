// One tab asks for all: of the tabs that wait in the same queue, one polls, and the others show what
// it hears.
import { openChannel } from "../../browser/channel.ts";
import { compete } from "../../browser/leader.ts";

export interface Turns<T> {
  /** Tell the other tabs. */
  tell(news: T): void;
  /** Leave: the next tab takes over. */
  stop(): void;
}

/** Call `lead(true)` when this tab is the one that asks, `lead(false)` when another took over, and
 * `hear` with what another tab tells. Tabs that cannot talk all ask by themselves, which the server
 * allows: they have the same place. */
export function takeTurns<T>(
  name: string,
  lead: (leads: boolean) => void,
  hear: (news: T) => void,
): Turns<T> {
  const channel = openChannel<T>(name, hear);
  if (!channel) {
    lead(true);
    return { tell() {}, stop() {} };
  }
  const leave = compete(name, lead);
  return {
    tell: channel.tell,
    stop() {
      leave();
      channel.close();
    },
  };
}
