// What a price type is called, and the proof it needs, in the reader's language. Pure.
import type { Language } from "./language.ts";

export interface NamedType {
  readonly name: string;
  readonly name_en?: string | null | undefined;
  readonly proof?: string | null | undefined;
  readonly proof_en?: string | null | undefined;
}

/** "어린이", or "Child" where the concert has an English name for it. */
export function typeName(type: NamedType, language: Language): string {
  return (language === "en" ? type.name_en : null) ?? type.name;
}

/** What has to be shown at the door; null: nothing. */
export function typeProof(type: NamedType, language: Language): string | null {
  return (language === "en" ? type.proof_en : null) ?? type.proof ?? null;
}
