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
  dateList: "공연 일정",
  price: "가격",
  opens: "예매 시작",
  limit: "구매 한도",
  limitText: (seats: string) => `회차당 1인 ${seats}매`,
  seatsTotal: (seats: string) => `${seats}석`,
  getInLine: "예매하기",
  waitForReturns: "취소 좌석 기다리기",
  waitForOpening: "미리 대기하기",
  goOn: "이어서 예매하기",
  inLine: "내 순번 보기",
  begun: "공연이 이미 시작되어 예매가 끝났어요",
  nobodyWaits: "지금은 기다리는 사람이 없어요",
  peopleWait: (people: string) => `지금 ${people}명이 기다리고 있어요`,
  states: {
    before_sale: "예매 전",
    prequeue: "사전 대기 중",
    open: "예매 중",
    paused: "잠시 멈춤",
    draining: "대기 마감",
    sold_out: "매진",
    closed: "예매 종료",
  },
  drawText: "예매 시작 전에 온 사람들의 순서는 추첨으로 정해져요. 일찍 와도 늦게 와도 같아요.",
  span: ({ days, hours, minutes, seconds }: Span): string => {
    if (days > 0) return hours > 0 ? `${days}일 ${hours}시간` : `${days}일`;
    if (hours > 0) return minutes > 0 ? `${hours}시간 ${minutes}분` : `${hours}시간`;
    if (minutes > 0) return `${minutes}분 ${seconds}초`;
    return `${seconds}초`;
  },
};

export const en: typeof ko = {
  title: "Concerts on sale",
  lead: "A fair line and a calm purchase.",
  none: "There's no concert to book yet",
  noneText: "New concerts appear here.",
  more: "Show more",
  onSale: "On sale",
  opensAt: (when) => `On sale from ${when}`,
  opensIn: (left) => `Opens in ${left}`,
  from: (price) => `from ${price}`,
  venue: "Venue",
  dates: "Dates",
  dateList: "Dates",
  price: "Price",
  opens: "Sale opens",
  limit: "Limit",
  limitText: (seats) =>
    seats === "1"
      ? "1 ticket per person for each date"
      : `${seats} tickets per person for each date`,
  seatsTotal: (seats) => `${seats} seats`,
  getInLine: "Get tickets",
  waitForReturns: "Wait for returned seats",
  waitForOpening: "Wait for the opening",
  goOn: "Continue booking",
  inLine: "See my place in the queue",
  begun: "Every date has begun, so the sale is over",
  nobodyWaits: "No one is waiting right now",
  peopleWait: (people) =>
    people === "1" ? "1 person is waiting right now" : `${people} people are waiting right now`,
  states: {
    before_sale: "Not open yet",
    prequeue: "Waiting for the opening",
    open: "On sale",
    paused: "Paused",
    draining: "Queue closed",
    sold_out: "Sold out",
    closed: "Sale over",
  },
  drawText:
    "Everyone who's here before the opening takes part in a draw. It makes no difference when you came.",
  span: ({ days, hours, minutes, seconds }) => {
    if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
    if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
    if (minutes > 0) return `${minutes} min ${seconds} s`;
    return `${seconds} s`;
  },
};
