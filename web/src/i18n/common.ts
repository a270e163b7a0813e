// Texts of the shared components.
import { currentLanguage } from "./language.svelte.ts";

const TEXTS = {
  ko: { loading: "불러오는 중이에요" },
  en: { loading: "Loading" },
};

/** The texts of the current language. */
export function commonTexts(): (typeof TEXTS)["ko"] {
  return TEXTS[currentLanguage()];
}
