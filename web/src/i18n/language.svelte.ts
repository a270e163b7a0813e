// The language that the fan reads; components that read it follow the switch.
import { keep, kept } from "../browser/storage.ts";
import { languageOf, type Language } from "./language.ts";

const KEPT_AS = "language";

let language = $state<Language>(languageOf(kept(KEPT_AS), navigator.languages));
document.documentElement.lang = language;

/** The current language, for texts, dates, prices and the API. */
export function currentLanguage(): Language {
  return language;
}

/** Use another language from now on, also after a reload. */
export function useLanguage(wanted: Language): void {
  language = wanted;
  document.documentElement.lang = wanted;
  keep(KEPT_AS, wanted);
}
