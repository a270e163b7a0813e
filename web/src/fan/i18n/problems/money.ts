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
};
