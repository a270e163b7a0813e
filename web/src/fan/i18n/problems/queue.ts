// Problems of the queue: places, passes, presale codes, proofs of work.

export const ko = {
  "queue-token-invalid": { title: "순번을 확인할 수 없어요", text: "다시 줄을 서 주세요." },
  "queue-token-expired": {
    title: "순번이 만료됐어요",
    text: "대기를 취소했거나, 결제를 마쳤거나, 오래 화면을 떠나 있었어요. 다시 줄을 서면 새 순번을 받아요.",
  },
  "queue-not-open": {
    title: "아직 줄을 설 수 없어요",
    text: "시간이 되면 자동으로 줄을 서 드릴게요. 화면을 켜 두세요.",
  },
  "queue-closed": {
    title: "지금은 새로 줄을 설 수 없어요",
    text: "이 공연은 더 이상 대기를 받지 않아요. 이미 줄을 선 분들의 순번은 그대로예요.",
  },
  "presale-code-required": {
    title: "지금은 선예매 중이에요",
    text: "선예매 코드가 있으면 입력해 주세요. 없다면 일반예매가 열릴 때 다시 와 주세요.",
  },
  "presale-code-invalid": {
    title: "맞지 않는 선예매 코드예요",
    text: "코드를 다시 확인하거나, 코드 없이 줄을 서 주세요.",
  },
  "proof-of-work-required": {
    title: "자동 확인 중이에요",
    text: "기기가 계산을 마치면 자동으로 줄을 서요. 몇 초면 돼요.",
  },
  "proof-of-work-invalid": { title: "자동 확인에 실패했어요", text: "다시 한번 확인할게요." },
  "entry-token-missing": {
    title: "먼저 줄을 서야 해요",
    text: "차례가 되면 날짜와 좌석을 고를 수 있어요.",
  },
  "entry-token-invalid": {
    title: "입장 정보를 확인할 수 없어요",
    text: "대기열로 돌아가면 입장 정보를 다시 받아요.",
  },
  "entry-token-expired": {
    title: "예매 시간이 끝났어요",
    text: "정해진 시간이 지났거나 결제를 마쳤어요. 더 예매하려면 다시 줄을 서 주세요.",
  },
  "entry-token-mismatch": {
    title: "다른 공연의 입장 정보예요",
    text: "이 공연의 대기열에 줄을 서 주세요.",
  },
  "entry-proof-invalid": {
    title: "이 브라우저에서는 입장을 확인할 수 없어요",
    text: "다시 줄을 서 주세요. 순번은 그대로예요.",
  },
};

export const en: typeof ko = {
  "queue-token-invalid": {
    title: "We can't find your place",
    text: "Please join the queue again.",
  },
  "queue-token-expired": {
    title: "Your place has expired",
    text: "You left the queue, finished paying, or were away for too long. Join again for a new place.",
  },
  "queue-not-open": {
    title: "The queue isn't open yet",
    text: "You join automatically when it opens. Keep this page open.",
  },
  "queue-closed": {
    title: "The queue is closed",
    text: "No one new can join. Fans who already have a place keep it.",
  },
  "presale-code-required": {
    title: "Only the presale is open",
    text: "Enter your presale code if you have one. Otherwise, come back when the general sale opens.",
  },
  "presale-code-invalid": {
    title: "This presale code isn't valid here",
    text: "Check the code, or join without one.",
  },
  "proof-of-work-required": {
    title: "Checking your browser",
    text: "Your device solves a small puzzle, then joins automatically. It takes a few seconds.",
  },
  "proof-of-work-invalid": { title: "The browser check failed", text: "We'll try once more." },
  "entry-token-missing": {
    title: "Join the queue first",
    text: "You can choose a date and seats when it's your turn.",
  },
  "entry-token-invalid": {
    title: "Your pass isn't valid",
    text: "Go back to the queue to get a new one.",
  },
  "entry-token-expired": {
    title: "Your booking time has run out",
    text: "Time is up, or you finished paying. To book more, join the queue again.",
  },
  "entry-token-mismatch": {
    title: "This pass is for another concert",
    text: "Join this concert's queue.",
  },
  "entry-proof-invalid": {
    title: "This browser can't use your pass",
    text: "Join the queue again. You keep your place.",
  },
};
