// What became of the date of an order. Apart from the other words, because few orders need it.

import type { Schemas } from "../../api/client.ts";
import type { Language } from "../../i18n/language.ts";

type Changed = Exclude<Schemas["Order"]["schedule"], "as_planned">;

export const changedDates: Record<Language, Record<Changed, string>> = {
  ko: {
    cancelled: "이 날 공연은 취소됐어요. 결제한 금액은 모두 돌려드려요.",
    postponed: "공연 일시가 바뀌었어요. 이미 결제했다면 한동안 수수료 없이 취소할 수 있어요.",
  },
  en: {
    cancelled: "This date is cancelled. You get back everything that you paid.",
    postponed: "This date has a new time. If you had paid before, you can cancel free for a while.",
  },
};
