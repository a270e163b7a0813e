// Words of the seat map: the map, its list, and the tray of chosen seats.
import type { components } from "../../api/schema.d.ts";

/** Names such as "101", "F1" and "A" want a word beside them; "1층 중앙" and "Balcony" say by themselves
 * what they are. */
const isBare = (name: string) => /^([A-Za-z]{1,2}|[A-Za-z-]*[0-9][A-Za-z0-9-]*)$/.test(name);

/** A stage may have a name of its own; these are none. */
const isStage = (label: string) => /^(stage|무대)$/i.test(label);

type SeatMark = components["schemas"]["SeatMark"];

/** What a mark is called, or else its note alone. */
const withNote = (name: string, note: string | null | undefined) =>
  name && note ? `${name}: ${note}` : name || (note ?? "");

type MarkNames = Record<SeatMark["mark"], string>;

const KOREAN_MARKS: MarkNames = {
  wheelchair: "휠체어석",
  companion: "휠체어 동반석",
  restricted_view: "시야 제한석",
  aisle: "통로석",
  note: "",
};

const ENGLISH_MARKS: MarkNames = {
  wheelchair: "wheelchair space",
  companion: "companion seat for a wheelchair space",
  restricted_view: "restricted view",
  aisle: "aisle seat",
  note: "",
};

export const ko = {
  title: "좌석 선택",
  sectionName: (name: string) => (isBare(name) ? `${name}구역` : name),
  rowName: (name: string) => (name.endsWith("열") ? name : `${name}열`),
  seatName: (label: string) => `${label}번`,
  entryName: (entry: string) => `입장번호 ${entry}번`,
  gradeName: (name: string) => (name.endsWith("석") ? name : `${name}석`),
  joined: (outer: string, inner: string) => `${outer} ${inner}`,
  state: { free: "선택 가능", taken: "선택 불가", chosen: "선택함", own: "예매한 내 좌석" },
  stageName: (label: string) => (isStage(label) ? "무대" : label),

  map: "배치도",
  list: "목록",
  views: "보는 방식",
  mapLabel: "좌석 배치도",
  mapHelp:
    "화살표 키로 이동하고 Enter 키로 선택해요. + 와 - 키로 확대·축소하고, Esc 키로 전체를 봐요. 모든 좌석은 목록에서도 고를 수 있어요.",
  zoomIn: "확대",
  zoomOut: "축소",
  zoomFit: "전체 보기",
  overviewHint: "구역을 누르면 확대돼요",
  minimap: "전체 배치도에서 보고 있는 곳",

  grades: "등급별 가격과 남은 좌석",
  left: (count: string) => `${count}석`,
  leftLong: (count: string) => `${count}석 남음`,
  soldOut: "매진",
  spotsLeft: (count: string, chosen: number) =>
    chosen > 0 ? `${chosen}매 선택 · ${count}매 남음` : `${count}매 남음`,
  tickets: (count: number) => `${count}매`,
  areaText: "좌석 없이 입장번호 순서로 들어가는 구역이에요. 입장번호는 예매할 때 정해져요.",
  areaCount: (area: string) => `${area} 매수`,
  areaChosen: (area: string, count: number, room: number) =>
    `${area} ${count}매 선택함. ${room}매 더 고를 수 있어요`,
  areaLess: (area: string, left: number) =>
    left === 0
      ? `${area} 구역이 방금 매진됐어요.`
      : `${area}에 ${left}매만 남아서 고른 매수를 줄였어요.`,
  noRoom: "고를 수 있는 매수를 모두 골랐어요",
  done: "확인",
  priceFrom: (price: string) => `${price}~`,
  free: "선택 가능",
  taken: "선택 불가",
  own: "내 선택",
  have: "예매한 내 좌석",

  /** `areas`: the hall has areas without seats, so what is chosen is called tickets. */
  chosenTitle: (areas: boolean): string => (areas ? "선택한 티켓" : "선택한 좌석"),
  limitShort: (chosen: number, limit: number) => `${chosen}/${limit}매`,
  limitLong: (limit: number, _areas: boolean) => `이 회차는 ${limit}매까지 고를 수 있어요`,
  limitReached: (limit: number, areas: boolean) =>
    `${limit}매를 모두 골랐어요. 다른 ${areas ? "티켓" : "좌석"}으로 바꾸려면 먼저 하나를 빼 주세요.`,
  noMore: "이 회차에서 예매할 수 있는 매수를 이미 모두 예매했어요.",
  remove: (seat: string) => `${seat} 빼기`,
  /** "시야 제한석: 기둥": the mark of a seat with its note. */
  mark: (mark: SeatMark) => withNote(KOREAN_MARKS[mark.mark], mark.note),
  marked: "휠체어석·시야 제한 등",
  markShort: (mark: SeatMark) => KOREAN_MARKS[mark.mark],
  fullPrice: "정가",
  typed: (type: string, price: string) => `${type} ${price}`,
  typeOf: (seat: string) => `${seat} 권종`,
  nth: (count: number) => `${count}번째 좌석`,
  nthTicket: (count: number) => `${count}번째 티켓`,
  proof: (proof: string) => `입장할 때 보여 주세요: ${proof}`,
  feeIncluded: (per: "ticket" | "order", fee: string) =>
    per === "ticket" ? `예매 수수료 1매 ${fee} 포함` : `예매 수수료 ${fee} 포함`,
  feeOnTop: (per: "ticket" | "order", fee: string) =>
    per === "ticket"
      ? `예매 수수료 1매당 ${fee} 별도, 세금 포함`
      : `예매 수수료 ${fee} 별도, 세금 포함`,
  total: "합계",
  hold: (count: number, _areas: boolean) => `${count}매 예매하기`,
  holdNone: "예매하기",
  holding: (areas: boolean): string => (areas ? "티켓을 잡고 있어요…" : "좌석을 잡고 있어요…"),
  chose: (seat: string, chosen: number, limit: number) =>
    `${seat} 선택함. ${limit}매 중 ${chosen}매`,
  removed: (seat: string) => `${seat} 뺐음`,
  alreadyTaken: (seat: string) => `${seat} 좌석은 이미 다른 분이 잡았어요.`,

  alreadyOwn: (seat: string) => `${seat} 좌석은 이미 내 좌석이에요. 내 티켓과 예매 내역에 있어요.`,

  lost: (seat: string) => `${seat} 좌석을 방금 다른 분이 먼저 잡았어요.`,
  lostMany: (count: number) => `고른 좌석 중 ${count}석을 방금 다른 분이 먼저 잡았어요.`,
  beside: (seat: string) => `바로 옆 ${seat} 좌석은 비어 있어요.`,
  nearby: (seat: string) => `가까운 ${seat} 좌석은 비어 있어요.`,
  nearbyMany: (seats: string) => `대신 ${seats} 좌석이 비어 있어요.`,
  noneNear: "같은 등급의 남은 좌석이 없어요. 다른 등급을 확인해 주세요.",
  accept: "이 좌석으로 바꾸기",
  close: "닫기",

  best: "추천 좌석 (자동 배정)",
  bestReplaces: (count: number, _areas: boolean) => `고른 ${count}매는 빠지고 새로 잡아요.`,
  bestTitle: "추천 좌석 (자동 배정)",
  bestText: "등급과 매수를 고르면 무대와 가깝고 나란히 붙은 좌석을 바로 잡아 드려요.",
  bestGrade: "등급",
  bestCount: "매수",
  bestGo: (count: number) => `추천 좌석 ${count}매 잡기`,
  bestNone: (grade: string, count: number) =>
    `나란히 붙은 ${grade} ${count}매가 남아 있지 않아요. 매수를 줄이거나 다른 등급을 골라 보세요.`,
  fewer: "한 매 줄이기",
  more: "한 매 늘리기",
  fewerTickets: "한 매 줄이기",
  moreTickets: "한 매 늘리기",
  seats: (count: number) => `${count}매`,

  connecting: "좌석 현황을 불러오고 있어요",
  freshness: {
    live: "",
    recent: "실시간 연결이 원활하지 않아 몇 초마다 좌석 현황을 새로 확인하고 있어요.",
    old: "연결이 끊겨 다시 연결하고 있어요. 지금 보이는 좌석은 조금 전 상태예요.",
  },
};

export const en: typeof ko = {
  title: "Choose your seats",
  sectionName: (name) => (isBare(name) ? `Section ${name}` : name),
  rowName: (name) => `row ${name}`,
  seatName: (label) => `seat ${label}`,
  entryName: (entry) => `entry number ${entry}`,
  gradeName: (name) => name,
  joined: (outer, inner) => `${outer}, ${inner}`,
  state: { free: "available", taken: "not available", chosen: "chosen", own: "already yours" },
  stageName: (label) => (isStage(label) ? "STAGE" : label),

  map: "Map",
  list: "List",
  views: "View",
  mapLabel: "Seat map",
  mapHelp:
    "Move with the arrow keys and choose with Enter. Plus and minus zoom, Escape shows everything. The list has every seat as well.",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  zoomFit: "Show everything",
  overviewHint: "Tap a section to zoom in",
  minimap: "Your view on the whole map",

  grades: "Price categories and seats left",
  left: (count) => `${count} left`,
  leftLong: (count) => `${count} seats left`,
  soldOut: "Sold out",
  spotsLeft: (count, chosen) => (chosen > 0 ? `${chosen} chosen · ${count} left` : `${count} left`),
  tickets: (count) => (count === 1 ? "1 ticket" : `${count} tickets`),
  areaText: "No seats here: you go in by entry number, which you get when you book.",
  areaCount: (area) => `Tickets for ${area}`,
  areaChosen: (area, count, room) => `${area}: ${count} chosen, ${room} more possible`,
  areaLess: (area, left) =>
    left === 0
      ? `${area} has just sold out.`
      : `Only ${left} left in ${area}, so you now have fewer chosen.`,
  noRoom: "You've chosen as many as you can",
  done: "Done",
  priceFrom: (price) => `from ${price}`,
  free: "Available",
  taken: "Taken",
  own: "Your choice",
  have: "Already yours",

  chosenTitle: (areas) => (areas ? "Your tickets" : "Your seats"),
  limitShort: (chosen, limit) => `${chosen} of ${limit}`,
  limitLong: (limit, areas) =>
    limit === 1
      ? `You can choose one ${areas ? "ticket" : "seat"} for this date`
      : `You can choose up to ${limit} ${areas ? "tickets" : "seats"} for this date`,
  limitReached: (limit, areas) =>
    `You've chosen all ${limit} ${areas ? "tickets" : "seats"}. Remove one first to take another.`,
  noMore: "You've booked as many as you can for this date.",
  remove: (seat) => `Remove ${seat}`,
  mark: (mark) => withNote(ENGLISH_MARKS[mark.mark], mark.note_en ?? mark.note),
  marked: "Wheelchair, restricted view and the like",
  markShort: (mark) => ENGLISH_MARKS[mark.mark],
  fullPrice: "Full price",
  typed: (type, price) => `${type}, ${price}`,
  typeOf: (seat) => `Ticket type, ${seat}`,
  nth: (count) => `seat ${count}`,
  nthTicket: (count) => `ticket ${count}`,
  proof: (proof) => `Show at the door: ${proof}`,
  feeIncluded: (per, fee) =>
    per === "ticket" ? `with a booking fee of ${fee} a ticket` : `with a booking fee of ${fee}`,
  feeOnTop: (per, fee) =>
    per === "ticket"
      ? `plus a booking fee of ${fee} a ticket; taxes included`
      : `plus a booking fee of ${fee} an order; taxes included`,
  total: "Total",
  hold: (count, areas) => {
    const what = areas ? "ticket" : "seat";
    return count === 1 ? `Book 1 ${what}` : `Book ${count} ${what}s`;
  },
  holdNone: "Book",
  holding: (areas) => (areas ? "Holding your tickets…" : "Holding your seats…"),
  chose: (seat, chosen, limit) => `${seat} chosen, ${chosen} of ${limit}`,
  removed: (seat) => `${seat} removed`,
  alreadyTaken: (seat) => `${seat} is no longer available.`,

  alreadyOwn: (seat) => `${seat} is already yours: see your orders.`,

  lost: (seat) => `${seat} has just been taken by someone else.`,
  lostMany: (count) => `${count} of your seats have just been taken by someone else.`,
  beside: (seat) => `${seat}, right next to it, is free.`,
  nearby: (seat) => `${seat}, nearby, is free.`,
  nearbyMany: (seats) => `These are free instead: ${seats}.`,
  noneNear: "No seats are left in this price category. Try another one.",
  accept: "Take it instead",
  close: "Close",

  best: "Best available",
  bestReplaces: (count, areas) => {
    const what = areas ? "ticket" : "seat";
    return count === 1
      ? `This replaces the ${what} you chose.`
      : `This replaces the ${count} ${what}s you chose.`;
  },
  bestTitle: "Best available seats",
  bestText:
    "Choose a price category and the number of seats: you get seats side by side, as close to the stage as possible.",
  bestGrade: "Price category",
  bestCount: "Seats",
  bestGo: (count) => (count === 1 ? "Get the best seat" : `Get the best ${count} seats`),
  bestNone: (grade, count) =>
    `There aren't ${count} ${grade} seats side by side any more. Try fewer seats or another price category.`,
  fewer: "One seat fewer",
  more: "One seat more",
  fewerTickets: "One ticket fewer",
  moreTickets: "One ticket more",
  seats: (count) => (count === 1 ? "1 seat" : `${count} seats`),

  connecting: "Loading the seats that are left",
  freshness: {
    live: "",
    recent: "No live connection: the seats are updated every few seconds.",
    old: "Connection lost; we're reconnecting. The seats you see may be out of date.",
  },
};
