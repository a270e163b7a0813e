// Problems of a request itself, and of the server.

export const ko = {
  "invalid-request": {
    title: "입력한 내용을 확인해 주세요",
    text: "형식에 맞지 않는 항목이 있어요.",
  },
  "malformed-body": {
    title: "요청을 읽지 못했어요",
    text: "화면을 새로 고친 뒤 다시 시도해 주세요.",
  },
  "malformed-request": {
    title: "요청을 처리하지 못했어요",
    text: "화면을 새로 고친 뒤 다시 시도해 주세요.",
  },
  "body-too-large": {
    title: "보낼 내용이 너무 커요",
    text: "입력한 내용을 줄여서 다시 시도해 주세요.",
  },
  "head-too-large": { title: "요청이 너무 커요", text: "화면을 새로 고친 뒤 다시 시도해 주세요." },
  "target-too-long": {
    title: "주소가 너무 길어요",
    text: "화면을 새로 고친 뒤 다시 시도해 주세요.",
  },
  "request-timeout": { title: "연결이 느려요", text: "인터넷 상태를 확인하고 다시 시도해 주세요." },
  "not-found": { title: "찾으시는 내용이 없어요", text: "주소가 바뀌었거나 지워졌을 수 있어요." },
  "method-not-allowed": {
    title: "할 수 없는 요청이에요",
    text: "화면을 새로 고친 뒤 다시 시도해 주세요.",
  },
  "idempotency-key-required": {
    title: "요청을 처리하지 못했어요",
    text: "화면을 새로 고친 뒤 다시 시도해 주세요. 결제된 금액은 없어요.",
  },
  "idempotency-conflict": {
    title: "앞선 요청과 내용이 달라요",
    text: "같은 요청이 다른 내용으로 이미 처리됐어요. 예매 내역을 확인해 주세요.",
  },
  "rate-limited": {
    title: "너무 자주 요청했어요",
    text: "순번은 그대로예요. 잠시 뒤 다시 시도해 주세요.",
  },
  overloaded: {
    title: "지금 접속이 몰리고 있어요",
    text: "순번과 좌석은 그대로예요. 잠시 뒤 다시 시도해 주세요.",
  },
  "store-unavailable": {
    title: "잠시 이용할 수 없어요",
    text: "순번과 좌석은 그대로예요. 잠시 뒤 다시 시도해 주세요.",
  },
  "internal-error": {
    title: "서버에 문제가 생겼어요",
    text: "잠시 뒤 다시 시도해 주세요. 계속되면 아래 번호를 주최 측에 알려 주세요.",
  },
};

export const en: typeof ko = {
  "invalid-request": { title: "Please check what you entered", text: "A field isn't valid." },
  "malformed-body": {
    title: "The request couldn't be read",
    text: "Reload this page and try again.",
  },
  "malformed-request": { title: "That didn't work", text: "Reload this page and try again." },
  "body-too-large": {
    title: "That's too much text",
    text: "Shorten what you entered and try again.",
  },
  "head-too-large": { title: "The request is too large", text: "Reload this page and try again." },
  "target-too-long": { title: "The address is too long", text: "Reload this page and try again." },
  "request-timeout": { title: "Slow connection", text: "Check your connection and try again." },
  "not-found": { title: "Not found", text: "The address may have changed." },
  "method-not-allowed": {
    title: "That isn't possible here",
    text: "Reload this page and try again.",
  },
  "idempotency-key-required": {
    title: "That didn't work",
    text: "Reload this page and try again. You weren't charged.",
  },
  "idempotency-conflict": {
    title: "This differs from an earlier request",
    text: "The same request was already processed with other contents. Check your orders.",
  },
  "rate-limited": {
    title: "Too many requests",
    text: "Your place is kept. Please try again in a moment.",
  },
  overloaded: {
    title: "The site is very busy",
    text: "Your place and your seats are kept. Please try again in a moment.",
  },
  "store-unavailable": {
    title: "Temporarily unavailable",
    text: "Your place and your seats are kept. Please try again in a moment.",
  },
  "internal-error": {
    title: "Server error",
    text: "Try again in a moment. If it keeps happening, give the organiser the number below.",
  },
};
