// Words of signing in, signing up and going on as a guest.

export const ko = {
  title: "로그인 · 회원 가입",
  why: "순번과 티켓을 지키기 위해 누구인지 알아야 해요.",
  tabs: "들어가는 방법",
  signIn: "로그인",
  signUp: "회원 가입",
  guest: "비회원으로 예매하기 (게스트)",
  guestText:
    "가입 없이 바로 예매해요. 순번과 티켓은 이 브라우저에만 남으니, 브라우저 데이터를 지우지 마세요.",
  guestName: (number: string) => `게스트 ${number}`,
  or: "또는",
  name: "이름",
  email: "이메일",
  password: "비밀번호",
  passwordHint: "8자 이상, 이메일이나 이름과 다르게",
  account: "내 계정",
  isGuest: "비회원(게스트)으로 이용 중이에요",
  signOutAsk: "로그아웃하면 이 게스트의 티켓을 다시 볼 수 없어요. 그래도 로그아웃할까요?",
  signOutTitle: "로그아웃할까요?",
  everywhere: "모든 기기에서 로그아웃",
  everywhereTitle: "모든 기기에서 로그아웃할까요?",
  everywhereAsk:
    "다른 기기와 브라우저에서도 로그아웃돼요. 순번, 주문, 티켓은 계정에 그대로 남아 있어요.",
};

export const en: typeof ko = {
  title: "Sign in or sign up",
  why: "So that your place and your tickets stay yours.",
  tabs: "How to go on",
  signIn: "Sign in",
  signUp: "Sign up",
  guest: "Continue as a guest",
  guestText:
    "Book at once without an account. Your place and your tickets stay in this browser only, so don't clear its data.",
  guestName: (number) => `Guest ${number}`,
  or: "or",
  name: "Name",
  email: "Email",
  password: "Password",
  passwordHint: "8 characters or more, and not your email or name",
  account: "My account",
  isGuest: "You're here as a guest",
  signOutAsk: "After that you can't see this guest's tickets again. Sign out all the same?",
  signOutTitle: "Sign out?",
  everywhere: "Sign out everywhere",
  everywhereTitle: "Sign out everywhere?",
  everywhereAsk:
    "You'll be signed out on every device and in every browser. Your place, orders and tickets stay with your account.",
};
