// Problems of concerts, seats and orders.

export const ko = {
  "concert-not-found": {
    title: "찾으시는 공연이 없어요",
    text: "공연이 내려갔거나 주소가 잘못됐을 수 있어요.",
  },
  "performance-not-found": { title: "찾으시는 회차가 없어요", text: "날짜를 다시 골라 주세요." },
  "sale-closed": {
    title: "예매가 끝난 회차예요",
    text: "공연이 시작돼 더는 예매할 수 없어요. 다른 날짜를 골라 주세요.",
  },
  "seat-not-found": {
    title: "없는 좌석이에요",
    text: "좌석 배치도를 새로 불러왔어요. 다시 골라 주세요.",
  },
  "seat-taken": {
    title: "방금 다른 분이 선택한 좌석이에요",
    text: "좌석 배치도를 새로 불러왔어요. 남은 좌석에서 다시 골라 주세요.",
  },
  "seats-unavailable": {
    title: "나란히 붙은 좌석이 모자라요",
    text: "이 등급에는 그만큼 붙어 있는 좌석이 남아 있지 않아요. 매수를 줄이거나 다른 등급을 골라 주세요.",
  },
  "companion-seat-alone": {
    title: "휠체어석과 함께 예매하는 좌석이에요",
    text: "동반석은 휠체어석 하나에 하나씩 예매할 수 있어요. 휠체어석을 함께 고르거나 다른 좌석을 골라 주세요.",
  },
  "price-type-unavailable": {
    title: "지금은 고를 수 없는 권종이에요",
    text: "좌석을 새로 불러온 뒤 다른 권종이나 정가로 골라 주세요.",
  },
  "area-full": {
    title: "구역에 남은 자리가 모자라요",
    text: "이 구역에는 그만큼 남아 있지 않아요. 매수를 줄이거나 다른 구역을 골라 주세요.",
  },
  "seat-limit-exceeded": {
    title: "예매 가능 매수를 넘었어요",
    text: "한 사람이 예매할 수 있는 매수에는 이미 예매한 좌석도 포함돼요. 좌석을 줄여 주세요.",
  },
  "allotment-exceeded": {
    title: "이 예매에 배정된 좌석이 모자라요",
    text: "이번 예매에서는 회차마다 일부 좌석만 팔아요. 좌석을 줄이거나 다른 회차를 골라 주세요. 나머지 좌석은 다음 예매에서 팔아요.",
  },
  "order-not-found": {
    title: "찾으시는 예매 내역이 없어요",
    text: "다른 계정으로 예매했는지 확인해 주세요.",
  },
  "order-not-held": {
    title: "더는 바꿀 수 없는 예매예요",
    text: "이미 취소됐거나 끝난 예매예요. 예매 내역에서 확인해 주세요.",
  },
  "order-expired": {
    title: "좌석을 잡아 둔 시간이 지났어요",
    text: "결제된 금액은 없어요. 예매 시간이 남아 있다면 좌석을 다시 고를 수 있어요.",
  },
  "order-already-paid": {
    title: "이미 결제한 예매예요",
    text: "티켓이 준비돼 있어요. 두 번 결제되지 않았으니 안심하세요.",
  },
  "order-not-paid": {
    title: "취소할 수 있는 예매가 아니에요",
    text: "이미 취소됐거나 결제하지 않은 예매예요. 예매 내역에서 확인해 주세요.",
  },
  "order-disputed": {
    title: "결제에 이의가 제기된 예매예요",
    text: "바뀐 것은 없어요. 카드사의 결정을 기다려 주세요.",
  },
  "cancellation-closed": {
    title: "취소할 수 있는 시간이 지났어요",
    text: "취소된 것은 없어요. 자세한 내용은 주최사에 문의해 주세요.",
  },
  "cancellation-fee-changed": {
    title: "취소 수수료가 바뀌었어요",
    text: "취소된 것은 없어요. 바뀐 수수료를 확인하고 다시 취소해 주세요.",
  },
  "seats-not-in-order": {
    title: "이 예매에 없는 좌석이에요",
    text: "이미 취소했거나 다른 좌석으로 바뀌었어요. 예매 내역을 다시 확인해 주세요.",
  },
};

export const en: typeof ko = {
  "concert-not-found": {
    title: "Concert not found",
    text: "It may have been removed, or the address is wrong.",
  },
  "performance-not-found": { title: "Date not found", text: "Choose a date again." },
  "sale-closed": {
    title: "This date is no longer on sale",
    text: "Its sale has ended. Choose another date.",
  },
  "seat-not-found": {
    title: "Seat not found",
    text: "We've reloaded the seats. Please choose again.",
  },
  "seat-taken": {
    title: "Someone else has just taken this seat",
    text: "We've reloaded the seats. Choose from those that are left.",
  },
  "seats-unavailable": {
    title: "Not enough seats side by side",
    text: "This price category has too few adjacent seats left. Try fewer seats or another price category.",
  },
  "companion-seat-alone": {
    title: "A companion seat comes with a wheelchair space",
    text: "Choose a wheelchair space as well, one for each companion seat, or other seats.",
  },
  "price-type-unavailable": {
    title: "That ticket type isn't available",
    text: "Reload the seats, then choose another ticket type or the full price.",
  },
  "area-full": {
    title: "Not enough left in this area",
    text: "Choose fewer tickets, or another area.",
  },
  "seat-limit-exceeded": {
    title: "Seat limit exceeded",
    text: "Seats that you already have for this concert count as well. Choose fewer seats.",
  },
  "allotment-exceeded": {
    title: "This sale has too few seats left",
    text: "It sells a part of each date only. Choose fewer seats or another date; the other seats are sold in the next sale.",
  },
  "order-not-found": { title: "Order not found", text: "Did you book with another account?" },
  "order-not-held": {
    title: "This order can't be changed any more",
    text: "It was released or has ended. Check your orders.",
  },
  "order-expired": {
    title: "Your seats are no longer held",
    text: "You weren't charged. If you have booking time left, you can choose seats again.",
  },
  "order-already-paid": {
    title: "This order is already paid",
    text: "Your tickets are ready. You weren't charged twice.",
  },
  "order-not-paid": {
    title: "This order can't be cancelled",
    text: "It was cancelled already, or was never paid. Check your orders.",
  },
  "order-disputed": {
    title: "The payment is disputed",
    text: "Nothing was changed. Your bank has to decide first.",
  },
  "cancellation-closed": {
    title: "It's too late to cancel",
    text: "Nothing was cancelled. The organiser can tell you more.",
  },
  "cancellation-fee-changed": {
    title: "The cancellation fee has changed",
    text: "Nothing was cancelled. Look at the new fee, then cancel again.",
  },
  "seats-not-in-order": {
    title: "Seats that aren't in this order",
    text: "They were cancelled or moved already. Look at your order again.",
  },
};
