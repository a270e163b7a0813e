// Where the fan wants to hear of an order, as the field for it says.
import { mailTo, session } from "../accounts/session.svelte.ts";
import { currentLanguage } from "../../i18n/language.svelte.ts";

let typed = $state<string | null>(null);

/** The address in the field: what was typed, or what this fan gave before. */
export function address(): string {
  return typed ?? session()?.mailTo ?? session()?.email ?? "";
}

/** Take what is typed. */
export function type(text: string): void {
  typed = text;
}

/** What a payment sends, and remembers for the next one. Without an address, or with that of the
 * account, mails follow the account. */
export function contact(): { email?: string; language: "ko" | "en" } {
  const [email, language] = [address().trim(), currentLanguage()];
  if (email === "" || email === session()?.email) return { language };
  mailTo(email);
  return { email, language };
}
