// Words of passkeys on the account page. Loaded with what says them.
import { currentLanguage } from "../../i18n/language.svelte.ts";

const ko = {
  title: "패스키",
  lead: "지문, 얼굴, 화면 잠금으로 로그인해요. 비밀번호를 외우지 않아도 되고 가짜 사이트에서는 쓸 수 없어요.",
  none: "아직 패스키가 없어요.",
  name: "이 기기의 이름",
  nameHint: "예: 내 휴대전화",
  add: "패스키 추가하기",
  added: "패스키를 추가했어요. 다음부터 이 기기로 로그인할 수 있어요.",
  declined: "패스키를 만들지 않았어요. 취소했거나 이 기기에 이미 있어요.",
  rename: (name: string) => `${name} 이름 바꾸기`,
  newName: "새 이름",
  save: "저장하기",
  cancel: "취소",
  remove: (name: string) => `${name} 삭제하기`,
  removeYes: "삭제하기",
  removeAsk: (name: string) => `${name} 패스키를 삭제할까요?`,
  removeText:
    "이 패스키로는 더 로그인할 수 없어요. 기기에 남은 패스키는 기기의 설정에서 지워 주세요.",
  keep: "그대로 두기",
  lastWay: "로그인할 수 있는 유일한 방법이라 삭제할 수 없어요.",
  created: (when: string) => `${when}에 추가`,
  used: (when: string) => `${when}에 마지막으로 사용`,
  unused: "아직 쓰지 않음",
  synced: "다른 기기와 동기화됨",
  unknown: "패스키를 불러오지 못했어요. 잠시 뒤에 다시 열어 주세요.",
  full: "패스키는 20개까지 둘 수 있어요. 쓰지 않는 것을 먼저 삭제해 주세요.",
};

const en: typeof ko = {
  title: "Passkeys",
  lead: "Sign in with your finger, your face or your screen lock. There is no password to remember, and a fake site can't use it.",
  none: "You have no passkey yet.",
  name: "What do you call this device?",
  nameHint: "For example: my phone",
  add: "Add a passkey",
  added: "Your passkey is added. This device signs you in from now on.",
  declined: "No passkey was made. You cancelled, or this device has one already.",
  rename: (name) => `Rename ${name}`,
  newName: "New name",
  save: "Save",
  cancel: "Cancel",
  remove: (name) => `Remove ${name}`,
  removeYes: "Remove",
  removeAsk: (name) => `Remove the passkey ${name}?`,
  removeText:
    "It can't sign you in any more. Remove what is left of it in the settings of your device.",
  keep: "Keep it",
  lastWay: "It can't be removed, because it's the only way to sign in.",
  created: (when) => `added ${when}`,
  used: (when) => `last used ${when}`,
  unused: "not used yet",
  synced: "synced to your other devices",
  unknown: "Your passkeys couldn't be loaded. Open this page again in a moment.",
  full: "An account has 20 passkeys at most. Remove one that you don't use first.",
};

const TEXTS = { ko, en };

/** The texts of the current language. */
export function passkeyTexts(): typeof ko {
  return TEXTS[currentLanguage()];
}
