// Words of cancelling: the quote, and what became of it. Loaded with the components that say them.
import type { components } from "../../api/schema.d.ts";
import { currentLanguage } from "../../i18n/language.svelte.ts";

type Refund = components["schemas"]["Cancellation"]["refund_state"];
type RefundTo = components["schemas"]["Cancellation"]["refund_to"];
type RefundPlaces = Record<NonNullable<RefundTo>, string>;
type RefundStates = Record<NonNullable<Refund>, string>;

const ko = {
  cancel: "예매 취소",
  title: "예매를 취소할까요?",
  choose: "취소할 좌석",
  back: "환불 금액",
  fee: "취소 수수료",
  parts: "환불 금액은 결제한 방법대로 나뉘어 돌아가요. 취소한 티켓으로는 입장할 수 없어요.",
  toCash: "환불 금액은 현장 매표소에서 현금으로 드려요. 취소한 티켓으로는 입장할 수 없어요.",
  toBalance: "환불 금액은 바로 잔액으로 들어가요. 취소한 티켓으로는 입장할 수 없어요.",
  toCard:
    "환불 금액은 결제한 카드로 돌아가요. 카드사에 따라 며칠이 걸릴 수 있어요. 취소한 티켓으로는 입장할 수 없어요.",
  canUntil: (when: string) => `${when}까지 취소할 수 있어요.`,
  yes: (amount: string) => `취소하고 ${amount} 환불받기`,
  keep: "그대로 두기",
  done: "취소한 좌석",
  refund: (amount: string) => `${amount} 환불`,
  keptOf: (amount: string) => `수수료 ${amount}`,
  to: { wallet: "잔액으로", checkout: "결제한 카드로", cash: "현장에서 현금으로" } as RefundPlaces,
  states: {
    pending: "환불하는 중",
    settled: "환불 완료",
    declined: "환불하지 못했어요. 주최사에 문의해 주세요.",
    in_doubt: "환불을 확인하는 중",
  } as RefundStates,
};

const en: typeof ko = {
  cancel: "Cancel booking",
  title: "Cancel this booking?",
  choose: "Seats to cancel",
  back: "Refund",
  fee: "Cancellation fee",
  parts: "The refund goes back the ways you paid. The cancelled tickets are no longer valid.",
  toCash:
    "You get the refund in cash at the box office. The cancelled tickets are no longer valid.",
  toBalance: "The refund goes to your balance at once. The cancelled tickets are no longer valid.",
  toCard:
    "The refund goes back to the card you paid with, which may take some days. The cancelled tickets are no longer valid.",
  canUntil: (when) => `You can cancel until ${when}.`,
  yes: (amount) => `Cancel and get ${amount} back`,
  keep: "Keep my tickets",
  done: "Cancelled seats",
  refund: (amount) => `Refund ${amount}`,
  keptOf: (amount) => `fee ${amount}`,
  to: { wallet: "to your balance", checkout: "to your card", cash: "in cash at the box office" },
  states: {
    pending: "Refund on its way",
    settled: "Refunded",
    declined: "The refund failed. Please ask the organiser.",
    in_doubt: "Refund being checked",
  },
};

const TEXTS = { ko, en };

/** The texts of the current language. */
export function cancellingTexts(): typeof ko {
  return TEXTS[currentLanguage()];
}
