// Which version of the operator's terms fans agree to. It is asked for once; a refusal that names a
// newer one says so, too.
import { answered, api, asRefused, type Refused } from "../../api/client.ts";

/** undefined while it is not known; null: none is published. */
let version = $state<string | null | undefined>();
let asked = false;

/** The current version; undefined while it is not known, null where none is published. */
export function termsVersion(): string | null | undefined {
  if (!asked) void ask();
  return version;
}

/** Know which version is current. */
export function learnTerms(current: string | null): void {
  asked = true;
  version = current;
}

/** Learn from a refusal that names the version to agree to. */
export function learnTermsFrom(refused: Refused): void {
  if (refused.slug !== "consent-required") return;
  learnTerms(String(refused.problem?.["version"] ?? ""));
}

/** What a call sends for a consent; undefined where none is asked for. */
export function consent(): { terms: string } | undefined {
  return version ? { terms: version } : undefined;
}

async function ask(): Promise<void> {
  asked = true;
  try {
    learnTerms((await answered(api.GET("/v1/settings"))).terms);
  } catch (error) {
    asRefused(error);
    // The server says it again where it matters, by a refusal that names the version.
    learnTerms(null);
  }
}
