// The fan page's texts in the current language; components that read them follow the switch.
import { currentLanguage } from "../../i18n/language.svelte.ts";
import { en } from "./en.ts";
import { ko, type Words } from "./ko.ts";

const DICTIONARIES = { ko, en };

/** The texts of the current language. */
export function words(): Words {
  return DICTIONARIES[currentLanguage()];
}
