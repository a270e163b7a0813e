// Texts of the screen of settings.
import { wordsOf } from "../shell/wording.ts";

export const words = wordsOf({
  ko: {
    title: "설정",
    about:
      "이 화면에 답한 서버가 시작할 때 읽은 설정이에요. 바꾸려면 환경 변수를 바꾸고 서버를 다시 시작하세요.",
    changed: "바뀐 설정만 보기",
    none: "모두 기본값이에요.",
    variable: "변수",
    value: "값",
    secret: "설정됨, 보이지 않음",
    unset: "없음",
    empty: "비움",
    changedPill: "바뀜",
    by: (value: string) => `기본값: ${value}`,
  },
  en: {
    title: "Settings",
    about:
      "What the server that answers was started with. To change a setting, change its environment variable and start the server again.",
    changed: "Only what differs from the default",
    none: "Every setting has its default.",
    variable: "Variable",
    value: "Value",
    secret: "Set, not shown",
    unset: "Not set",
    empty: "empty",
    changedPill: "changed",
    by: (value: string) => `Default: ${value}`,
  },
});
