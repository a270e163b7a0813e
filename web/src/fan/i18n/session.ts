// Words of signing in, signing up and going on as a guest.

export const ko = {
  title: "로그인 · 회원 가입",
  why: "순번과 티켓을 지키기 위해 누구인지 알아야 해요.",
  tabs: "들어가는 방법",
  signIn: "로그인",
  signUp: "회원 가입",
  guest: "비회원으로 예매하기",
  guestText:
    "가입 없이 바로 예매해요. 순번과 티켓은 이 브라우저에만 남으니, 브라우저 데이터를 지우지 마세요.",
  guestName: (number: string) => `비회원 ${number}`,
  or: "또는",
  name: "이름",
  email: "이메일",
  password: "비밀번호",
  passwordHint: "8자 이상, 이메일이나 이름과 다르게",
  account: "내 계정",
  isGuest: "비회원으로 이용 중이에요",
  goOnAs: (name: string) => `${name} 계속 이용하기`,
  alreadyGuest: (name: string) => `지금 이용 중: ${name}`,
  already: (name: string) => `지금 ${name} 계정으로 로그인되어 있어요`,
  ended: "로그인 시간이 끝났어요",
  endedText: (name: string) =>
    `${name} 계정으로 다시 로그인해 주세요. 순번과 티켓은 계정에 그대로 있어요.`,
  guestEnded: "비회원 정보를 찾을 수 없어요",
  guestEndedText: "서버에 이 비회원의 기록이 없어요. 도움이 필요하면 주최 측에 문의해 주세요.",
  lost: "예매번호로 티켓 찾기",
  forgot: "비밀번호를 잊으셨나요?",
};

export const en: typeof ko = {
  title: "Sign in or sign up",
  why: "We need to know who you are to keep your place and your tickets for you.",
  tabs: "Ways to continue",
  signIn: "Sign in",
  signUp: "Sign up",
  guest: "Continue as a guest",
  guestText:
    "Book right away without an account. Your place and your tickets are kept in this browser only, so don't clear its data.",
  guestName: (number) => `Guest ${number}`,
  or: "or",
  name: "Name",
  email: "Email",
  password: "Password",
  passwordHint: "8 characters or more, and not your email or name",
  account: "My account",
  isGuest: "You're here as a guest",
  goOnAs: (name) => `Continue as ${name}`,
  alreadyGuest: (name) => `You're here as ${name}`,
  already: (name) => `You're signed in as ${name}`,
  ended: "Your session has ended",
  endedText: (name) =>
    `Sign in again as ${name}. Your place and your tickets are kept in your account.`,
  guestEnded: "This guest no longer exists",
  guestEndedText:
    "The server has no record of this guest. If something is missing, contact the organiser.",
  lost: "Find tickets by booking number",
  forgot: "Forgot your password?",
};
