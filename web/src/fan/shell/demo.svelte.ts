// Whether money is real on this server, and whether a balance can be topped up; asked once, when the
// first page wants to know.
import { asRefused, type Schemas } from "../../api/client.ts";
import { signInSettings } from "../accounts/accounts.ts";
import { again } from "../calls/again.ts";

type Said = Pick<
  Schemas["SignInSettings"],
  "top_ups" | "payment_methods" | "demo" | "mail" | "guest_email"
>;

let said = $state.raw<Said | null>(null);
let how: "unknown" | "asking" | "known" | "failed" = "unknown";

again(
  () => void ask(),
  () => how === "failed",
  Infinity,
);

/** Whether no real money is paid here; false until the server says so. */
export function isDemo(): boolean {
  return learnt()?.demo ?? false;
}

/** How money comes into a wallet; undefined until the server says so. */
export function topUps(): Said["top_ups"] | undefined {
  return learnt()?.top_ups;
}

/** Whether orders can be paid by card. */
export function takesCards(): boolean {
  return learnt()?.payment_methods.includes("card") ?? false;
}

/** Whether the server sends mail about orders; `must`: guests have to say where to. */
export function mailAsked(): "no" | "may" | "must" {
  const at = learnt();
  return !at?.mail ? "no" : at.guest_email === "required" ? "must" : "may";
}

function learnt(): Said | null {
  if (how === "unknown") void ask();
  return said;
}

async function ask(): Promise<void> {
  how = "asking";
  try {
    said = await signInSettings();
    how = "known";
  } catch (error) {
    asRefused(error);
    how = "failed";
  }
}
