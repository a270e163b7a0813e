// Words of signing in with an account elsewhere. Loaded with what says them.
import { currentLanguage } from "../../i18n/language.svelte.ts";

const ko = {
  ways: "다른 방법으로 로그인",
  passkey: "패스키로 로그인",
  with: (name: string) => `${name} 계정으로 계속하기`,
  coming: "로그인하고 있어요",
  failed: "로그인하지 못했어요",
  denied: "로그인을 취소했거나 그곳에서 거절했어요.",
  back: "로그인 화면으로",
  consent: "처음 오셨네요",
  consentLead: "계정을 만들기 전에 약관에 동의해 주세요.",
  goOn: "동의하고 계속하기",
  taken: "그 계정은 이미 이곳의 다른 계정에 연결되어 있어요.",
  toAccount: "내 계정으로",
  linkTitle: "다른 계정으로 로그인",
  linkText: "연결한 계정으로도 로그인할 수 있어요.",
  link: (name: string) => `${name} 계정 연결하기`,
  remove: (name: string) => `${name} 연결 끊기`,
  lastWay: "로그인할 수 있는 유일한 방법이라 끊을 수 없어요.",
  linksUnknown: "연결한 계정을 불러오지 못했어요. 잠시 뒤에 다시 열어 주세요.",
};

const en: typeof ko = {
  ways: "Sign in another way",
  passkey: "Sign in with a passkey",
  with: (name) => `Continue with ${name}`,
  coming: "Signing you in",
  failed: "We couldn't sign you in",
  denied: "You cancelled, or the other side refused.",
  back: "Back to signing in",
  consent: "Welcome",
  consentLead: "Please agree to the terms before we make your account.",
  goOn: "Agree and continue",
  taken: "That account is linked to another account here.",
  toAccount: "To my account",
  linkTitle: "Sign in with another account",
  linkText: "A linked account signs you in here as well.",
  link: (name) => `Link ${name}`,
  remove: (name) => `Remove ${name}`,
  lastWay: "It can't be removed, because it's the only way to sign in.",
  linksUnknown: "Your linked accounts couldn't be loaded. Open this page again in a moment.",
};

const TEXTS = { ko, en };

/** The texts of the current language. */
export function elsewhereTexts(): typeof ko {
  return TEXTS[currentLanguage()];
}
