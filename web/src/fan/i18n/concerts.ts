// Words of the list of concerts and of one concert's page.
import type { Span } from "../../time/countdown.ts";

export const ko = {
  title: "지금 예매할 수 있는 공연",
  lead: "공정한 순서로, 차분하게 예매하세요.",
  none: "예매할 수 있는 공연이 아직 없어요",
  noneText: "새 공연이 열리면 여기에 보여요.",
  more: "공연 더 보기",
  onSale: "예매 중",
  opensAt: (when: string) => `${when} 예매 시작`,
  opensIn: (left: string) => `${left} 뒤 시작`,
  from: (price: string) => `${price}부터`,
  venue: "장소",
  dates: "일정",
  price: "가격",
  opens: "예매 시작",
  limit: "구매 한도",
  limitText: (seats: string) => `회차당 1인 ${seats}매`,
  getInLine: "예매하기",
  waitForMoreSeats: "추가 좌석 기다리기",
  waitForOpening: "미리 대기하기",
  joinFrom: (when: string) => `${when}부터 줄을 설 수 있어요`,
  goOn: "이어서 예매하기",
  inLine: "내 순번 보기",
  begun: "공연이 이미 시작되어 예매가 끝났어요",
  noneWaiting: "지금은 기다리는 사람이 없어요",
  waiting: (people: string) => `지금 ${people}명이 기다리고 있어요`,
  states: {
    before_sale: "예매 전",
    prequeue: "사전 대기 중",
    open: "예매 중",
    paused: "잠시 멈춤",
    draining: "대기 마감",
    sold_out: "매진",
    closed: "예매 종료",
  },
  drawText: "예매 시작 전에 줄을 선 사람의 순번은 추첨으로 정해요. 언제 왔는지는 상관없어요.",
  span: ({ days, hours, minutes, seconds }: Span): string => {
    if (days > 0) return hours > 0 ? `${days}일 ${hours}시간` : `${days}일`;
    if (hours > 0) return minutes > 0 ? `${hours}시간 ${minutes}분` : `${hours}시간`;
    if (minutes > 0) return `${minutes}분 ${seconds}초`;
    return `${seconds}초`;
  },
};

export const en: typeof ko = {
  title: "Concerts on sale",
  lead: "A fair queue and a calm purchase.",
  none: "No concerts on sale yet",
  noneText: "New concerts appear here.",
  more: "Show more",
  onSale: "On sale",
  opensAt: (when) => `On sale from ${when}`,
  opensIn: (left) => `Opens in ${left}`,
  from: (price) => `from ${price}`,
  venue: "Venue",
  dates: "Dates",
  price: "Price",
  opens: "Sale opens",
  limit: "Limit",
  limitText: (seats) =>
    seats === "1"
      ? "1 ticket per person for each date"
      : `${seats} tickets per person for each date`,
  getInLine: "Get tickets",
  waitForMoreSeats: "Wait for added seats",
  waitForOpening: "Wait for the sale to open",
  joinFrom: (when) => `You can join the queue from ${when}`,
  goOn: "Continue booking",
  inLine: "See my place in the queue",
  begun: "All dates have started, so the sale has ended",
  noneWaiting: "No one is waiting right now",
  waiting: (people) =>
    people === "1" ? "1 person is waiting right now" : `${people} people are waiting right now`,
  states: {
    before_sale: "Not open yet",
    prequeue: "Waiting for the sale to open",
    open: "On sale",
    paused: "Paused",
    draining: "Queue closed",
    sold_out: "Sold out",
    closed: "Sale ended",
  },
  drawText:
    "Everyone who joins before the sale opens takes part in a draw. It makes no difference when you join.",
  span: ({ days, hours, minutes, seconds }) => {
    if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
    if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
    if (minutes > 0) return `${minutes} min ${seconds} s`;
    return `${seconds} s`;
  },
};
