// Words of reminders by mail. Loaded with what says them.
import { currentLanguage } from "../../i18n/language.svelte.ts";

const ko = {
  title: "예매 시작 알림",
  text: "예매가 시작되기 하루 전에 메일로 한 번 알려 드려요.",
  ask: "메일로 알려 주세요",
  asked: "하루 전에 메일을 보내 드릴게요.",
  takeBack: "알림 취소하기",
};

const en: typeof ko = {
  title: "Before the sale opens",
  text: "We can send you one mail the day before the sale opens.",
  ask: "Remind me by mail",
  asked: "We'll send you a mail the day before.",
  takeBack: "Cancel the reminder",
};

const TEXTS = { ko, en };

/** The texts of the current language. */
export function remindMeTexts(): typeof ko {
  return TEXTS[currentLanguage()];
}
