// The texts of a folder in the current language; components that read them follow the switch.
import { currentLanguage } from "../../i18n/language.svelte.ts";
import type { Language } from "../../i18n/language.ts";

/** A function that gives the texts of the current language. */
export function wordsOf<T>(texts: { readonly ko: T; readonly en: NoInfer<T> }): () => T {
  return () => (texts as Readonly<Record<Language, T>>)[currentLanguage()];
}
