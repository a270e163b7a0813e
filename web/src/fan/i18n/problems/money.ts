// Problems of balances.

export const ko = {
  "insufficient-balance": {
    title: "잔액이 부족해요",
    text: "부족한 만큼 충전하면 바로 결제할 수 있어요. 좌석은 그대로 잡혀 있어요.",
  },
  "payment-method-closed": {
    title: "이 방법으로는 결제할 수 없어요",
    text: "다른 방법으로 결제해 주세요. 결제된 금액은 없어요.",
  },
  "checkout-not-found": {
    title: "결제를 찾지 못했어요",
    text: "예매 내역에서 상태를 확인해 주세요.",
  },
  "checkout-in-progress": {
    title: "카드 결제를 확인하고 있어요",
    text: "결과가 나올 때까지 좌석은 그대로 잡혀 있어요. 잠시 뒤에 다시 확인해 주세요.",
  },
  "payment-declined": {
    title: "결제되지 않았어요",
    text: "청구된 금액은 없어요. 좌석이 잡혀 있는 동안 다시 시도하거나 다른 카드를 써 주세요.",
  },
  "payment-provider-unavailable": {
    title: "결제 대행사가 응답하지 않아요",
    text: "잠시 뒤에 다시 시도해 주세요.",
  },
  "webhook-invalid": {
    title: "알림을 확인하지 못했어요",
    text: "서명이 맞지 않아요.",
  },
  "top-up-closed": {
    title: "지금은 충전할 수 없어요",
    text: "여기에서는 잔액을 충전할 수 없어요.",
  },
  "balance-limit-exceeded": {
    title: "더 충전할 수 없어요",
    text: "잔액 한도를 넘는 금액이에요. 더 적은 금액으로 충전해 주세요.",
  },
};

export const en: typeof ko = {
  "insufficient-balance": {
    title: "Your balance is too low",
    text: "Add the missing amount to pay. Your seats are still held.",
  },
  "payment-method-closed": {
    title: "Not this way of paying",
    text: "Pay another way. Nothing was charged.",
  },
  "checkout-not-found": {
    title: "Payment not found",
    text: "Look at your orders for its state.",
  },
  "checkout-in-progress": {
    title: "Your card payment is being confirmed",
    text: "Your seats stay held until it is known. Look again in a moment.",
  },
  "payment-declined": {
    title: "The payment was not made",
    text: "Nothing was charged. While your seats are held, try again or use another card.",
  },
  "payment-provider-unavailable": {
    title: "The payment provider does not answer",
    text: "Try again in a moment.",
  },
  "webhook-invalid": { title: "Message not accepted", text: "Its signature does not fit." },
  "top-up-closed": {
    title: "No top-ups now",
    text: "Money can't be added to a balance here.",
  },
  "balance-limit-exceeded": { title: "Balance limit exceeded", text: "Add a smaller amount." },
};
