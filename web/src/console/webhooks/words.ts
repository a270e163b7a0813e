// Texts of the screen of webhooks.
import { wordsOf } from "../shell/wording.ts";

export const words = wordsOf({
  ko: {
    title: "웹훅",
    url: "주소",
    events: "이벤트",
    state: "상태",
    waiting: "보낼 것",
    since: "추가",
    well: "정상",
    failing: (date: string) => `${date}부터 실패`,
    disabled: "꺼짐",
    none: "웹훅이 없어요. `yemae webhooks add`로 추가해요.",
  },
  en: {
    title: "Webhooks",
    url: "Address",
    events: "Events",
    state: "State",
    waiting: "To send",
    since: "Added",
    well: "Well",
    failing: (date: string) => `Failing since ${date}`,
    disabled: "Disabled",
    none: "There is no webhook. `yemae webhooks add` adds one.",
  },
});
