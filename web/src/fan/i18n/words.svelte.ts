// The page's words in the fan's language; reading them in a component follows the switch.
import { keep, kept } from "../../browser/storage.ts";
import { en } from "./en.ts";
import { ko, type Words } from "./ko.ts";
import { languageOf, type Language } from "../../i18n/language.ts";

const DICTIONARIES: Record<Language, Words> = { ko, en };
const KEPT_AS = "language";

let language = $state<Language>(languageOf(kept(KEPT_AS), navigator.languages));
document.documentElement.lang = language;

/** The words of the current language. */
export function words(): Words {
  return DICTIONARIES[language];
}

/** The current language, for dates, prices and what the server says. */
export function currentLanguage(): Language {
  return language;
}

/** Speak another language from now on, also after a reload. */
export function speak(wanted: Language): void {
  language = wanted;
  document.documentElement.lang = wanted;
  keep(KEPT_AS, wanted);
}
