// An operator's message as a fan reads it.
import type { Language } from "../../i18n/language.ts";

interface Message {
  ko: string;
  en: string;
  /** From when it is no longer shown. */
  until?: string | null;
}

/** Its text at `now`, in milliseconds of the server's clock; null when there is none, or no more. */
export function messageText(
  message: Message | null | undefined,
  language: Language,
  now: number,
): string | null {
  if (!message || (message.until && Date.parse(message.until) <= now)) return null;
  return message[language] || message.ko || message.en || null;
}
