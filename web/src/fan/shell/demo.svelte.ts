// Whether money is real on this server, and whether a balance can be topped up; asked once, when the
// first page wants to know.
import { asRefused, type Schemas } from "../../api/client.ts";
import { signInSettings } from "../accounts/accounts.ts";
import { again } from "../calls/again.ts";

let topUps = $state<Schemas["SignInSettings"]["top_ups"] | null>(null);
let how: "unknown" | "asking" | "known" | "failed" = "unknown";

again(
  () => void ask(),
  () => how === "failed",
  Infinity,
);

/** Whether no real money is paid here; false until the server says so. */
export function isDemo(): boolean {
  return learnt() === "free";
}

/** Whether the server says that it takes no top-up that costs nothing. */
export function takesNoTopUp(): boolean {
  const said = learnt();
  return said !== null && said !== "free";
}

function learnt(): typeof topUps {
  if (how === "unknown") void ask();
  return topUps;
}

async function ask(): Promise<void> {
  how = "asking";
  try {
    topUps = (await signInSettings()).top_ups;
    how = "known";
  } catch (error) {
    asRefused(error);
    how = "failed";
  }
}
