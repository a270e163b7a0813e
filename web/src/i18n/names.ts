// Names and texts that an organiser gave twice: `title` and `title_en`. Pure.
import type { Language } from "./language.ts";

/** The same thing for a reader of a language: on the English page, whatever has an English twin is
 * replaced by it, in lists within it as well. */
export function named<T>(it: T, language: Language): T {
  if (language !== "en" || typeof it !== "object" || it === null) return it;
  if (Array.isArray(it)) return it.map((each: unknown) => named(each, language)) as T;
  const known = it as Record<string, unknown>;
  const entries = Object.entries(known).map(([key, value]) => {
    const english = known[`${key}_en`];
    return [key, typeof english === "string" ? english : named(value, language)] as const;
  });
  return Object.fromEntries(entries) as T;
}
