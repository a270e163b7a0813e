// Texts of the overview.
import { wordsOf } from "../shell/wording.ts";

export const words = wordsOf({
  ko: {
    title: "전체",
    concerts: "콘서트",
    concert: "콘서트",
    state: "상태",
    opens: "예매 시작",
    dates: "날짜",
    seats: "좌석",
    hidden: "숨김",
    archived: "보관",
    none: "볼 수 있는 콘서트가 없어요.",
    refresh: "새로고침",
  },
  en: {
    title: "Overview",
    concerts: "Concerts",
    concert: "Concert",
    state: "State",
    opens: "Sale opens",
    dates: "Dates",
    seats: "Seats",
    hidden: "Hidden",
    archived: "Archived",
    none: "There is no concert that you may look at.",
    refresh: "Refresh",
  },
});
