// Words of a forgotten password. Loaded with the page that says them.
import { currentLanguage } from "../../i18n/language.svelte.ts";

const ko = {
  askTitle: "비밀번호 찾기",
  askLead: "가입할 때 쓴 이메일로 새 비밀번호를 정하는 링크를 보내 드려요.",
  send: "링크 받기",
  sent: "보냈어요",
  sentText:
    "이 이메일로 가입한 계정이 있으면 메일을 보내고 있어요. 링크는 한 시간 동안 쓸 수 있어요. 오지 않으면 스팸함을 확인해 주세요.",
  noMail: "이 서버는 메일을 보내지 않아요. 주최 측에 문의해 주세요.",
  invalid: "이 링크는 더 이상 쓸 수 없어요. 이미 썼거나 한 시간이 지났어요.",
  title: "새 비밀번호 정하기",
  lead: "다른 기기에서는 모두 로그아웃돼요.",
  password: "새 비밀번호",
  set: "비밀번호 바꾸기",
  done: "비밀번호를 바꿨어요",
  doneText: "새 비밀번호로 로그인해 주세요.",
};

const en: typeof ko = {
  askTitle: "Forgot your password?",
  askLead: "We send a link that sets a new password to the email that you signed up with.",
  send: "Send the link",
  sent: "On its way",
  sentText:
    "If there is an account with this email, a link is on its way. It works for an hour. If it doesn't arrive, check your spam folder.",
  noMail: "This server sends no email. Please ask the organiser.",
  invalid: "This link is no longer valid. It was used already, or an hour has passed.",
  title: "Set a new password",
  lead: "You are signed out on all other devices.",
  password: "New password",
  set: "Change the password",
  done: "Your password is changed",
  doneText: "Please sign in with the new one.",
};

const TEXTS = { ko, en };

/** The texts of the current language. */
export function newPasswordTexts(): typeof ko {
  return TEXTS[currentLanguage()];
}
