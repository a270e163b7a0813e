// Words of the frame round every page.

export const ko = {
  home: "예매 홈",
  skip: "본문으로 건너뛰기",
  menu: "주요 메뉴",
  tickets: "내 티켓",
  orders: "예매 내역",
  wallet: "잔액",
  signIn: "로그인",
  signOut: "로그아웃",
  otherLanguage: "English",
  otherLanguageLabel: "Switch to English",
  loading: "불러오는 중이에요",
  offline: "인터넷 연결이 끊겼어요. 다시 연결되면 이어서 진행할게요.",
  nothingHere: "찾으시는 화면이 없어요",
  nothingHereText: "주소가 바뀌었거나 잘못 입력됐을 수 있어요.",
  toConcerts: "공연 보러 가기",
  api: "개발자용 API",
};

export const en: typeof ko = {
  home: "Home",
  skip: "Skip to content",
  menu: "Main menu",
  tickets: "My tickets",
  orders: "Orders",
  wallet: "Balance",
  signIn: "Sign in",
  signOut: "Sign out",
  otherLanguage: "한국어",
  otherLanguageLabel: "한국어로 바꾸기",
  loading: "Loading",
  offline: "You are offline. We go on as soon as you are connected again.",
  nothingHere: "There is nothing at this address",
  nothingHereText: "It may have changed, or been mistyped.",
  toConcerts: "See the concerts",
  api: "API for developers",
};
