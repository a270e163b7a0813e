// Whether money is real on this server; asked once, when the first page wants to know.
import { asRefused } from "../../api/client.ts";
import { signInSettings } from "../accounts/accounts.ts";
import { again } from "../calls/again.ts";

let demo = $state(false);
let how: "unknown" | "asking" | "known" | "failed" = "unknown";

again(
  () => void ask(),
  () => how === "failed",
  Infinity,
);

/** Whether no real money is paid here; false until the server says so. */
export function isDemo(): boolean {
  if (how === "unknown") void ask();
  return demo;
}

async function ask(): Promise<void> {
  how = "asking";
  try {
    const { top_ups } = await signInSettings();
    demo = top_ups === "free";
    how = "known";
  } catch (error) {
    asRefused(error);
    how = "failed";
  }
}
