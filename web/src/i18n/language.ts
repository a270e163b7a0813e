// Which of the page's languages to speak. Pure.

export type Language = "ko" | "en";

/** The language that was chosen before, or else the browser's: Korean for those who prefer it and
 * for those who say nothing, English for all others. */
export function languageOf(kept: string | null, preferred: readonly string[]): Language {
  if (kept === "ko" || kept === "en") return kept;
  const first = preferred[0];
  return first === undefined || /^ko\b/i.test(first) ? "ko" : "en";
}

/** The language of an organiser's words, where it is not the page's: Korean, if there is Hangul in
 * them. For `lang`, so that they are read aloud as they are written. */
export function languageIn(text: string): "ko" | undefined {
  return /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]/.test(text) ? "ko" : undefined;
}
