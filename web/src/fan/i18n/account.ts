// Words of the account page, and of a guest who signs in. Loaded with what says them.
import { currentLanguage } from "../../i18n/language.svelte.ts";

const ko = {
  title: "내 계정",
  save: "저장하기",
  saved: "저장했어요",
  guestTitle: "비회원으로 이용 중이에요",
  guestText:
    "티켓과 순번은 이 브라우저에만 있어요. 로그인하거나 가입하면서 모두 계정으로 옮길 수 있어요.",
  profile: "이름과 이메일",
  passwordTitle: "비밀번호",
  current: "지금 비밀번호",
  next: "새 비밀번호",
  change: "비밀번호 바꾸기",
  changed: "비밀번호를 바꿨어요",
  changedText: "다른 기기에서는 모두 로그아웃됐어요.",
  noPassword: "비밀번호가 없는 계정이에요",
  noPasswordText:
    "연결한 계정으로 로그인하고 있어요. 원하면 메일로 받은 링크에서 비밀번호를 정할 수 있어요.",
  firstPassword: "비밀번호 정하기",
  data: "내 데이터",
  dataText: "이름, 이메일, 잔액, 예매 내역, 거래 내역을 파일(JSON)로 받을 수 있어요.",
  download: "내 데이터 받기",
  devices: "로그인한 기기",
  everywhere: "모든 기기에서 로그아웃",
  everywhereTitle: "모든 기기에서 로그아웃할까요?",
  everywhereAsk:
    "다른 기기와 브라우저에서도 로그아웃돼요. 순번, 예매 내역, 티켓은 계정에 그대로 남아 있어요.",
  remove: "계정 삭제",
  removeGuest: "비회원 기록 삭제",
  removeText: "삭제하면 되돌릴 수 없고, 모든 기기에서 로그아웃돼요.",
  gone: "없어지는 것",
  goneText: "이름, 이메일, 비밀번호, 예매할 때 적은 메일 주소",
  stays: "남는 것",
  staysText:
    "예매와 결제, 환불 기록은 회계를 위해 남아요. 누구의 것인지 알 수 없는 번호로만 남아요.",
  first: "잔액을 쓰고, 잡은 좌석과 앞으로의 티켓을 정리한 뒤에 삭제할 수 있어요.",
  removeAsk: "정말 삭제할까요?",
  removeAskText: "이 계정으로는 다시 로그인할 수 없어요. 필요하면 먼저 내 데이터를 받아 두세요.",
  removeNo: "그대로 두기",
  inTheWay: {
    balance: "잔액이 남아 있어요. 먼저 쓰거나 주최 측에 돌려받아 주세요.",
    orders:
      "결제를 기다리는 좌석이나 앞으로의 티켓이 있어요. 취소하거나 공연이 끝난 뒤에 삭제해 주세요.",
    checkouts: "끝나지 않은 카드 결제가 있어요. 잠시 뒤에 다시 해 주세요.",
  } as Record<string, string>,
  loseTitle: "비회원 기록을 잃어도 될까요?",
  lose: (what: string) => `계속하면 다음을 다시 볼 수 없어요: ${what}.`,
  loseTickets: (seats: string) => `티켓 ${seats}매`,
  loseHeld: (seats: string) => `결제를 기다리는 좌석 ${seats}매`,
  losePlaces: (places: string) => `공연 ${places}개의 순번`,
  loseBalance: (amount: string) => `잔액 ${amount}`,
  loseUnknown:
    "서버에 연결할 수 없어 무엇이 남아 있는지 확인하지 못했어요. 계속하면 이 비회원의 티켓, 순번, 잔액을 다시 볼 수 없어요.",
  loseNo: "그대로 두기",
  keepTitle: "비회원의 예매를 계정으로 옮길까요?",
  keepText: (what: string) =>
    `이 비회원에게 있는 것: ${what}. 두고 가면 이 브라우저에서 다시 볼 수 없어요.`,
  keepUnknown:
    "서버가 답하지 않아 무엇이 있는지 확인하지 못했어요. 두고 가면 이 브라우저에서 다시 볼 수 없어요.",
  keep: "계정으로 옮기기",
  leave: "두고 가기",
  cancel: "취소",
  kept: {
    orders: "비회원이 좌석을 잡고 있어요. 먼저 결제하거나 좌석을 놓은 뒤에 옮겨 주세요.",
    checkouts: "비회원의 카드 결제가 끝나지 않았어요. 잠시 뒤에 다시 해 주세요.",
    queue_tokens:
      "추첨으로 받은 순번은 옮길 수 없어요. 예매를 마치거나 대기열에서 나간 뒤에 옮겨 주세요.",
  } as Record<string, string>,
};

const en: typeof ko = {
  title: "My account",
  save: "Save",
  saved: "Saved",
  guestTitle: "You're here as a guest",
  guestText:
    "Your tickets and your place are in this browser only. Sign in or sign up, and you can move all of it to an account.",
  profile: "Name and email",
  passwordTitle: "Password",
  current: "Current password",
  next: "New password",
  change: "Change the password",
  changed: "Your password is changed",
  changedText: "You are signed out on all other devices.",
  noPassword: "Your account has no password",
  noPasswordText: "You sign in with a linked account. A link by mail sets a password as well.",
  firstPassword: "Set a password",
  data: "My data",
  dataText: "Your name, email, balance, orders and history as a file (JSON).",
  download: "Download my data",
  devices: "Signed-in devices",
  everywhere: "Sign out everywhere",
  everywhereTitle: "Sign out everywhere?",
  everywhereAsk:
    "You'll be signed out on every device and in every browser. Your place, orders and tickets stay with your account.",
  remove: "Delete my account",
  removeGuest: "Delete this guest",
  removeText: "This can't be undone, and signs you out on every device.",
  gone: "What goes",
  goneText: "your name, email and password, and the email addresses that you gave with orders",
  stays: "What stays",
  staysText:
    "orders, payments and refunds, because the books have to add up. They stay under a number that leads to no person.",
  first: "Use up your balance first, and settle held seats and tickets for dates to come.",
  removeAsk: "Delete it for good?",
  removeAskText:
    "You can't sign in with this account again. Download your data first if you need it.",
  removeNo: "Keep it",
  inTheWay: {
    balance: "There is a balance left. Spend it, or ask the organiser to pay it out.",
    orders:
      "There are held seats, or tickets for a date to come. Cancel them, or delete the account after the date.",
    checkouts: "A card payment isn't settled yet. Try again in a moment.",
  },
  loseTitle: "Lose this guest's bookings?",
  lose: (what) => `If you continue, you lose: ${what}.`,
  loseTickets: (seats) => (seats === "1" ? "1 ticket" : `${seats} tickets`),
  loseHeld: (seats) => (seats === "1" ? "1 held seat" : `${seats} held seats`),
  losePlaces: (places) =>
    places === "1" ? "your place in 1 queue" : `your places in ${places} queues`,
  loseBalance: (amount) => `a balance of ${amount}`,
  loseUnknown:
    "The server doesn't answer, so we can't check what this guest has. If you continue, you lose any tickets, places and balance.",
  loseNo: "Keep them",
  keepTitle: "Move this guest's bookings to your account?",
  keepText: (what) =>
    `This guest has: ${what}. If you leave it behind, this browser can't show it again.`,
  keepUnknown:
    "The server doesn't answer, so we can't check what this guest has. If you leave it behind, this browser can't show it again.",
  keep: "Move to my account",
  leave: "Leave it behind",
  cancel: "Cancel",
  kept: {
    orders: "The guest holds seats. Pay for them or release them first.",
    checkouts: "A card payment of the guest isn't settled yet. Try again in a moment.",
    queue_tokens: "A place that was drawn can't be moved. Finish booking or leave the queue first.",
  },
};

const TEXTS = { ko, en };

/** The texts of the current language. */
export function accountTexts(): typeof ko {
  return TEXTS[currentLanguage()];
}
