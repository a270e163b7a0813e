// What operators do, as the log names it, in words.
import { wordsOf } from "../shell/wording.ts";

const KO: Readonly<Record<string, string>> = {
  pause: "입장 일시 중지",
  resume: "입장 재개",
  drain: "입장 마감",
  set: "대기열 설정 변경",
  "open-now": "즉시 예매 시작",
  admit: "추가 입장",
  revoke: "입장 취소",
  load: "콘서트 파일 적용",
  remove: "콘서트 삭제",
  block: "유보석 지정",
  unblock: "유보석 해제",
  reveal: "팬 정보 보기",
  print: "티켓 인쇄",
  sell: "현장 판매",
  cancel: "주문 취소",
  move: "좌석 옮기기",
  refund: "환불",
  "send tickets": "티켓 보내기",
  "cancel date": "공연 취소",
  "postpone date": "일정 변경",
  "grant role": "역할 주기",
  "revoke role": "역할 거두기",
  "add webhook": "웹훅 추가",
  "change webhook": "웹훅 변경",
  "remove webhook": "웹훅 삭제",
  "rotate webhook secret": "웹훅 비밀 교체",
  "test webhook": "웹훅 시험",
  "replay webhooks": "웹훅 다시 보내기",
  "publish terms": "약관 게시",
  "sign off": "판매 승인",
  "take back sign-off": "판매 승인 거두기",
};
const EN: Readonly<Record<string, string>> = {
  pause: "Paused",
  resume: "Resumed",
  drain: "Draining",
  set: "Queue settings",
  "open-now": "Opened now",
  admit: "Admitted now",
  revoke: "Pass ended",
  load: "Concert file loaded",
  remove: "Concert removed",
  block: "Seats blocked",
  unblock: "Seats released",
  reveal: "Fan looked up",
  print: "Tickets printed",
  sell: "Box office sale",
  cancel: "Order cancelled",
  move: "Order moved",
  refund: "Refund",
  "send tickets": "Tickets sent",
  "cancel date": "Date cancelled",
  "postpone date": "Date moved",
  "grant role": "Role given",
  "revoke role": "Role taken back",
  "add webhook": "Webhook added",
  "change webhook": "Webhook changed",
  "remove webhook": "Webhook removed",
  "rotate webhook secret": "Webhook secret rotated",
  "test webhook": "Webhook tested",
  "replay webhooks": "Webhooks replayed",
  "publish terms": "Terms published",
  "sign off": "Sale signed off",
  "take back sign-off": "Sign-off taken back",
};

const names = wordsOf({ ko: KO, en: EN });

/** The actions that a filter offers; the log may have others. */
export const ACTIONS = Object.keys(EN);

/** An action in words; one that is not known here as the log names it. */
export function actionOf(action: string): string {
  return names()[action] ?? action;
}
