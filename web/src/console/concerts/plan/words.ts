// Texts of the plan's editor.
import { wordsOf } from "../../shell/wording.ts";

/** `1 seat`, `2 seats`. */
const many = (count: string, word: string): string => `${count} ${word}${count === "1" ? "" : "s"}`;

const ko = {
  title: "좌석 배치 편집",
  empty: "구역을 추가하면 여기에 그려져요.",
  wrong: "여기가 맞지 않아요. 그림은 마지막으로 맞던 모습이에요.",
  undo: "되돌리기",
  redo: "다시 하기",
  way: "편집 방법",
  ways: { arrange: "배치", seat: "좌석", row: "줄", lasso: "둘러싸기" },
  mapLabel: "좌석 배치 편집 지도",
  arrangeHelp:
    "화살표로 구역 사이를 옮기고 Enter로 골라요. 고른 뒤에는 화살표로 옮기고, 대괄호 [ ] 로 돌리고, 쉼표와 마침표로 휘어요. Shift를 누르면 조금씩 움직이고, Esc로 놓아요. Ctrl+Z로 되돌려요.",
  chooseHelp:
    "화살표로 움직이고 Enter로 고르고, + − 로 확대하고, 0으로 전체를 봐요. 아래 입력란에 좌석 번호를 적어도 돼요.",
  part: "구역",
  noPart: "고른 구역이 없어요",
  choosePart:
    "그림에서 구역을 누르거나 여기서 고르세요. 고른 구역은 끌어서 옮겨요. 동그라미로 돌리고 마름모로 휘어요.",
  placed: (x: number, y: number, rotation: number, curve: number | null) =>
    `x ${x}, y ${y}, ${rotation}도${curve === null ? "" : `, 곡선 ${curve}`}`,
  sectionOf: (name: string, seats: string) => `${name}, ${seats}석`,
  chosen: "고른 좌석",
  none: "그림에서 좌석이나 줄을 고르거나, 좌석을 둘러싸거나, 번호를 적어 주세요.",
  count: (count: string) => `${count}석`,
  waits: "그림이 새로 그려지면 바꿀 수 있어요.",
  grade: "새 등급",
  regrade: "등급 주기",
  regraded: (count: string, grade: string) => `${count}석이 이제 ${grade} 등급이에요.`,
  block: "유보하기",
  blocked: (count: string) => `${count}석을 유보석에 넣었어요.`,
  blockName: "유보석 이름 (비우면 사유와 같아요)",
  unblock: "유보에서 빼기",
  unblocked: (count: string) => `${count}석을 유보에서 뺐어요.`,
  byGrade: "등급별",
  bySection: "구역별",
  seats: "좌석",
  chosenShort: "고름",
  blockedShort: "유보",
  total: "합계",
};

export type Texts = typeof ko;

const en: Texts = {
  title: "Plan editor",
  empty: "Add a section, and it is drawn here.",
  wrong: "This is not right. The picture is the last one that was.",
  undo: "Undo",
  redo: "Redo",
  way: "Edit by",
  ways: { arrange: "Arrange", seat: "Seat", row: "Row", lasso: "Lasso" },
  mapLabel: "Map of the plan's editor",
  arrangeHelp:
    "Arrow keys go from section to section, Enter chooses one. Then arrow keys move it, the brackets [ ] turn it, comma and full stop bend it; with Shift in small steps. Escape lets it go. Ctrl+Z undoes.",
  chooseHelp:
    "Arrow keys move, Enter chooses, + and − zoom, 0 shows all. Seat numbers can be typed into the field below, too.",
  part: "Section",
  noPart: "No section is chosen",
  choosePart:
    "Press a section in the picture, or choose it here. Drag it to move it; the disc turns it, the diamond bends it.",
  placed: (x, y, rotation, curve) =>
    `x ${x}, y ${y}, ${rotation} degrees${curve === null ? "" : `, curve ${curve}`}`,
  sectionOf: (name, seats) => `${name}, ${many(seats, "seat")}`,
  chosen: "Chosen seats",
  none: "Choose seats or rows in the picture, draw a line round seats, or type their numbers.",
  count: (count) => many(count, "seat"),
  waits: "They can be changed when the picture has been drawn anew.",
  grade: "New grade",
  regrade: "Give this grade",
  regraded: (count, grade) => `Grade ${grade} now: ${many(count, "seat")}.`,
  block: "Block",
  blocked: (count) => `Blocked: ${many(count, "seat")}.`,
  blockName: "Name of the block (empty: that of the reason)",
  unblock: "Take out of blocks",
  unblocked: (count) => `In no block now: ${many(count, "seat")}.`,
  byGrade: "By grade",
  bySection: "By section",
  seats: "Seats",
  chosenShort: "Chosen",
  blockedShort: "Blocked",
  total: "Total",
};

export const words = wordsOf<Texts>({ ko, en });
