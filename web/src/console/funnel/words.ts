// Texts of the screen of the funnel.
import { wordsOf } from "../shell/wording.ts";

export const words = wordsOf({
  ko: {
    title: "퍼널",
    steps: {
      joined: "대기 시작",
      admitted: "입장",
      used: "입장권 사용",
      held: "좌석 선점",
      paid: "결제 완료",
    },
    losses: {
      waiting: "아직 대기 중",
      gaveUp: "대기를 그만둠",
      unused: "입장권을 쓰지 않음",
      inside: "아직 안에 있음",
      left: "결제하지 않고 끝남",
      open: "결제 전이거나 만료됨",
    },
    all: "단계별 인원",
    note: "대기 시작부터 입장권 사용까지는 팬, 선점부터는 주문을 셉니다. 한 팬이 여러 번 주문할 수 있어요.",
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
      used: "Used the pass",
      held: "Held seats",
      paid: "Paid",
    },
    losses: {
      waiting: "still waiting",
      gaveUp: "gave up waiting",
      unused: "never used the pass",
      inside: "still inside",
      left: "left without paying",
      open: "not paid yet, or run out",
    },
    all: "Fans at each step",
    note: "Fans are counted up to the use of the pass, orders after it. A fan may have several orders.",
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
