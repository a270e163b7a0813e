// Words of tickets in the wallet app of a phone. Loaded with what says them.
import { currentLanguage } from "../../i18n/language.svelte.ts";

const ko = {
  title: "휴대폰의 지갑 앱에 담기",
  text: "네트워크가 없어도 입구에서 바로 보여 줄 수 있어요.",
  add: { apple: "Apple 지갑에 추가", google: "Google 지갑에 추가" },
};

const en: typeof ko = {
  title: "In your phone's wallet app",
  text: "At hand at the entrance, with or without a network.",
  add: { apple: "Add to Apple Wallet", google: "Add to Google Wallet" },
};

const TEXTS = { ko, en };

/** The texts of the current language. */
export function phoneTicketsTexts(): typeof ko {
  return TEXTS[currentLanguage()];
}
