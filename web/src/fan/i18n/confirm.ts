// Words of addresses that are confirmed by a mail. Loaded with what says them.
import { currentLanguage } from "../../i18n/language.svelte.ts";

const ko = {
  send: "확인 메일 받기",
  sent: "메일을 보냈어요",
  sentText:
    "메일의 링크를 열면 가입이 끝나요. 링크는 하루 동안 쓸 수 있어요. 이미 계정이 있는 이메일이면 그렇다고 알려 드려요. 오지 않으면 스팸함을 확인하고 다시 받아 주세요.",
  title: "이메일 확인",
  lead: "이 이메일이 본인의 것임을 확인해 주세요. 직접 요청하지 않았다면 이 페이지를 닫아 주세요.",
  passwordHint: "가입할 때 정한 비밀번호, 또는 이메일을 바꾸는 계정의 비밀번호예요.",
  wrongPassword: "비밀번호가 맞지 않아요. 잊었다면 다시 가입하거나 이메일을 다시 바꿔 주세요.",
  confirm: "확인하기",
  notGood: "이 링크는 더 이상 쓸 수 없어요. 이미 썼거나 하루가 지났어요.",
  done: "확인했어요",
  doneAccount: "계정이 생겼어요. 로그인해 주세요.",
  doneEmail: (email: string) => `이제 ${email}(으)로 로그인하고 메일을 받아요.`,
  changeTitle: "이메일 바꾸기",
  changeText: "새 이메일로 링크를 보내 드려요. 링크를 열면 바뀌고, 지금 이메일에도 알려 드려요.",
  newEmail: "새 이메일",
  changeSent: "새 이메일로 링크를 보냈어요. 하루 안에 열어 주세요.",
};

const en: typeof ko = {
  send: "Send the link",
  sent: "A mail is on its way",
  sentText:
    "The link in it completes your sign-up, within a day. If the email has an account already, the mail says so. If it doesn't arrive, check your spam folder and send it again.",
  title: "Confirm your email",
  lead: "Please confirm that this email address is yours. If you did not ask for it, close this page.",
  passwordHint:
    "The one that you chose when you signed up, or that of the account that gets this address.",
  wrongPassword:
    "This is not the password. If you have forgotten it, sign up again, or change the address again.",
  confirm: "Confirm",
  notGood: "This link is no longer valid. It was used already, or a day has passed.",
  done: "Confirmed",
  doneAccount: "Your account is ready. Please sign in.",
  doneEmail: (email) => `You sign in with ${email} now, and our mails go there.`,
  changeTitle: "Another email address",
  changeText:
    "We send a link to the new address. Once you open it, the address is changed, and the present one hears of it.",
  newEmail: "New email",
  changeSent: "The link is on its way to the new address. Open it within a day.",
};

const TEXTS = { ko, en };

/** The texts of the current language. */
export function confirmTexts(): typeof ko {
  return TEXTS[currentLanguage()];
}
