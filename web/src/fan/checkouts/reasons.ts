// Why a card payment was not made, in the fan's words. Those that are not known have a general text.

const REASONS: Readonly<Record<string, Readonly<Record<"ko" | "en", string>>>> = {
  card_declined: {
    ko: "카드사가 승인하지 않았어요. 다른 카드로 결제해 주세요.",
    en: "The bank of the card refused it. Use another card.",
  },
  insufficient_funds: {
    ko: "카드의 잔액이 모자라요. 다른 카드로 결제해 주세요.",
    en: "There is not enough money on the card. Use another card.",
  },
  limit_exceeded: {
    ko: "카드 한도를 넘었어요. 다른 카드로 결제해 주세요.",
    en: "The limit of the card is reached. Use another card.",
  },
  cancelled_by_fan: {
    ko: "결제를 그만뒀어요. 결제된 금액은 없어요. 좌석이 잡혀 있는 동안 다시 결제할 수 있어요.",
    en: "You left the payment. Nothing was charged; while your seats are held, you can pay again.",
  },
  expired: {
    ko: "좌석을 잡아 둔 시간이 지나 결제하지 않았어요. 결제된 금액은 없어요.",
    en: "The hold of your seats was over, so nothing was charged.",
  },
  wrong_channel: {
    ko: "결제를 확인할 수 없어 결제한 금액을 카드로 돌려드려요.",
    en: "We could not accept this payment, so the card gets its money back.",
  },
  amount_differs: {
    ko: "결제 금액이 맞지 않아 결제를 취소했어요.",
    en: "The amount did not match, so the payment was cancelled.",
  },
  not_sellable: {
    ko: "좌석을 드릴 수 없어 결제한 금액을 카드로 돌려드려요.",
    en: "Your seats could not be sold any more, so the card gets its money back.",
  },
};

/** The text of a reason; undefined: it has none. */
export function textOf(reason: unknown, language: "ko" | "en"): string | undefined {
  return typeof reason === "string" ? REASONS[reason]?.[language] : undefined;
}
