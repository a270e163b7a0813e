// Words of signing in with an account elsewhere. Loaded with what says them.
import { currentLanguage } from "../../i18n/language.svelte.ts";

const ko = {
  ways: "다른 계정으로 로그인",
  with: (name: string) => `${name} 계정으로 계속하기`,
  coming: "로그인하고 있어요",
  failed: "로그인하지 못했어요",
  denied: "로그인을 취소했거나 그곳에서 거절했어요.",
  back: "로그인 화면으로",
  consent: "처음 오셨네요",
  consentLead: "계정을 만들기 전에 약관에 동의해 주세요.",
  goOn: "동의하고 계속하기",
};

const en: typeof ko = {
  ways: "Sign in with another account",
  with: (name) => `Continue with ${name}`,
  coming: "Signing you in",
  failed: "We couldn't sign you in",
  denied: "You cancelled, or the other side refused.",
  back: "Back to signing in",
  consent: "Welcome",
  consentLead: "Please agree to the terms before we make your account.",
  goOn: "Agree and continue",
};

const TEXTS = { ko, en };

/** The texts of the current language. */
export function elsewhereTexts(): typeof ko {
  return TEXTS[currentLanguage()];
}
