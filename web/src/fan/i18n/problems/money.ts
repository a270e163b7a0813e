// Problems of balances.

export const ko = {
  "insufficient-balance": {
    title: "잔액이 부족해요",
    text: "부족한 만큼 충전하면 바로 결제할 수 있어요. 좌석은 그대로 잡혀 있어요.",
  },
  "top-up-closed": {
    title: "지금은 충전할 수 없어요",
    text: "여기에서는 잔액을 충전할 수 없어요.",
  },
  "balance-limit-exceeded": {
    title: "더 충전할 수 없어요",
    text: "잔액 한도를 넘는 금액이에요. 더 적은 금액으로 충전해 주세요.",
  },
  "refund-exceeds-payment": {
    title: "결제한 금액보다 많이 환불할 수 없어요",
    text: "환불할 수 있는 금액을 확인해 주세요. 환불된 금액은 없어요.",
  },
};

export const en: typeof ko = {
  "insufficient-balance": {
    title: "Your balance is too low",
    text: "Add the missing amount to pay. Your seats are still held.",
  },
  "top-up-closed": {
    title: "No top-ups now",
    text: "Money can't be added to a balance here.",
  },
  "balance-limit-exceeded": { title: "Balance limit exceeded", text: "Add a smaller amount." },
  "refund-exceeds-payment": {
    title: "That's more than was paid",
    text: "Look at what is left to refund. Nothing was refunded.",
  },
};
