// Problems of accounts, sign-in and guests.

/** Of a session that is not strong enough for what the fan wants. Said in a few words, because they are
 * a part of the first load. */
const stronger = {
  ko: { title: "다시 로그인해 주세요", text: "패스키로 로그인하면 할 수 있어요." },
  en: { title: "Please sign in again", text: "Sign in with a passkey, then try again." },
};

export const ko = {
  unauthenticated: {
    title: "다시 로그인해 주세요",
    text: "로그인한 지 오래됐어요. 순번은 그대로예요.",
  },
  forbidden: { title: "이 역할로는 할 수 없어요", text: "관리자에게 문의해 주세요." },
  "wrong-credentials": { title: "이메일이나 비밀번호가 맞지 않아요", text: "다시 확인해 주세요." },
  "sign-in-failed": {
    title: "로그인하지 못했어요",
    text: "시간이 지났거나 그곳에서 거절했어요. 처음부터 다시 해 주세요.",
  },
  "wrong-code": stronger.ko,
  "second-factor-required": stronger.ko,
  "fresh-sign-in-required": stronger.ko,
  "identity-provider-unavailable": {
    title: "로그인 서비스가 응답하지 않아요",
    text: "잠시 뒤에 다시 하거나 다른 방법으로 로그인해 주세요.",
  },
  "sign-up-closed": {
    title: "지금은 가입할 수 없어요",
    text: "이미 계정이 있으면 로그인해 주세요.",
  },
  "consent-required": {
    title: "약관에 동의해 주세요",
    text: "약관을 읽고 동의하면 이어서 진행할 수 있어요. 결제되지는 않았어요.",
  },
  "guests-closed": {
    title: "비회원으로는 예매할 수 없어요",
    text: "로그인하면 이어서 진행할 수 있어요.",
  },
  "guest-key-invalid": {
    title: "비회원 정보를 확인할 수 없어요",
    text: "새 비회원으로 계속하거나 로그인해 주세요.",
  },
  "email-taken": {
    title: "이미 가입된 이메일이에요",
    text: "이 이메일로 로그인하거나 다른 이메일로 가입해 주세요.",
  },
};

export const en: typeof ko = {
  unauthenticated: {
    title: "Please sign in again",
    text: "Your session has ended. Your place in the queue is kept.",
  },
  forbidden: { title: "Not allowed with your role", text: "Ask an admin." },
  "wrong-credentials": { title: "Wrong email or password", text: "Please check both." },
  "sign-in-failed": {
    title: "We couldn't sign you in",
    text: "It took too long, or the other side refused. Please begin again.",
  },
  "wrong-code": stronger.en,
  "second-factor-required": stronger.en,
  "fresh-sign-in-required": stronger.en,
  "identity-provider-unavailable": {
    title: "The sign-in service doesn't answer",
    text: "Try again in a moment, or sign in another way.",
  },
  "sign-up-closed": {
    title: "Sign-up is closed",
    text: "If you have an account, sign in with it.",
  },
  "consent-required": {
    title: "Please agree to the terms",
    text: "Read the terms and agree to them to go on. You were not charged.",
  },
  "guests-closed": { title: "Guests can't book here", text: "Sign in to continue." },
  "guest-key-invalid": {
    title: "This guest no longer exists",
    text: "Continue as a new guest, or sign in.",
  },
  "email-taken": {
    title: "This email is already in use",
    text: "Sign in with it, or sign up with another one.",
  },
};
