// Texts of the screen of the funnel.
import { wordsOf } from "../shell/wording.ts";

export const words = wordsOf({
  ko: {
    title: "퍼널",
    steps: {
      joined: "대기 시작",
      admitted: "입장",
      used: "좌석을 봄",
      held: "좌석 선점",
      begun: "결제 시작",
      paid: "결제 완료",
    },
    losses: {
      waiting: "아직 대기 중",
      gaveUp: "대기를 그만둠",
      unused: "좌석을 보지 않음",
      inside: "아직 안에 있음",
      left: "결제하지 않고 끝남",
      notBegun: "결제를 시작하지 않음",
      open: "결제가 끝나지 않음",
    },
    all: "단계별 인원",
    note: "좌석을 본 단계까지는 팬, 선점부터는 주문을 셉니다. 한 팬이 여러 번 주문할 수 있고, 예치금 결제는 시작과 동시에 끝나요.",
    perMinute: (count: string) => `분당 ${count}`,
    ofBefore: (percent: string) => `앞 단계의 ${percent}`,
    crowded: (inside: string, left: string) =>
      `안에 ${inside}명이 있는데 남은 좌석은 ${left}석이에요. 속도를 낮추거나 알림을 쓰는 것이 좋아요.`,
    minutes: "단계별 분당",
    refusals: "팬이 받은 거절",
    ofServer: "서버 전체, 모든 콘서트.",
    type: "종류",
    inAll: "누적",
    none: "거절이 없어요.",
  },
  en: {
    title: "Funnel",
    steps: {
      joined: "Joined",
      admitted: "Admitted",
      used: "Saw the seats",
      held: "Held seats",
      begun: "Began to pay",
      paid: "Paid",
    },
    losses: {
      waiting: "still waiting",
      gaveUp: "gave up waiting",
      unused: "never looked at the seats",
      inside: "still inside",
      left: "left without paying",
      notBegun: "did not begin to pay",
      open: "not paid",
    },
    all: "Fans at each step",
    note: "Fans are counted up to the seats, orders after them. A fan may have several orders, and a payment from the wallet begins and ends at once.",
    perMinute: (count: string) => `${count} per minute`,
    ofBefore: (percent: string) => `${percent} of the step before`,
    crowded: (inside: string, left: string) =>
      `${inside} fans are inside, and ${left} seats are left. Consider a lower rate, or a message.`,
    minutes: "Each step per minute",
    refusals: "What fans were refused",
    ofServer: "Of the whole server, all concerts.",
    type: "Type",
    inAll: "In all",
    none: "Nothing was refused.",
  },
});
