// What went wrong and what to do about it, in a fan's words: one entry for each problem type of the
// API, and four of our own (`unreachable`, `unreadable`, `page-failed`, `unknown`). Long because every
// type is in it, twice.

interface Explained {
  readonly title: string;
  readonly text: string;
}

export const ko = {
  "balance-limit-exceeded": {
    title: "더 충전할 수 없어요",
    text: "충전금 한도를 넘는 금액이에요. 더 적은 금액으로 충전해 주세요.",
  },
  "body-too-large": {
    title: "보낼 내용이 너무 커요",
    text: "입력한 내용을 줄여서 다시 시도해 주세요.",
  },
  "concert-not-found": {
    title: "찾으시는 공연이 없어요",
    text: "공연이 내려갔거나 주소가 잘못됐을 수 있어요.",
  },
  "email-taken": {
    title: "이미 가입된 이메일이에요",
    text: "이 이메일로 로그인하거나 다른 이메일로 가입해 주세요.",
  },
  "entry-proof-invalid": {
    title: "이 브라우저에서는 입장을 확인할 수 없어요",
    text: "대기열에 다시 들어가 주세요. 순번은 그대로예요.",
  },
  "entry-token-expired": {
    title: "예매 시간이 끝났어요",
    text: "정해진 시간이 지났거나 결제가 끝나 입장권이 만료됐어요. 더 예매하려면 다시 줄을 서 주세요.",
  },
  "entry-token-invalid": {
    title: "입장 정보를 확인할 수 없어요",
    text: "대기열로 돌아가면 입장 정보를 다시 받아요.",
  },
  "entry-token-mismatch": {
    title: "다른 공연의 입장 정보예요",
    text: "이 공연의 대기열로 들어가 주세요.",
  },
  "entry-token-missing": {
    title: "먼저 줄을 서야 해요",
    text: "차례가 되면 날짜와 좌석을 고를 수 있어요.",
  },
  "guest-key-invalid": {
    title: "비회원 정보가 끝났어요",
    text: "새 비회원으로 계속하거나 로그인해 주세요.",
  },
  "guests-closed": {
    title: "여기서는 비회원으로 예매할 수 없어요",
    text: "로그인하면 이어서 진행할 수 있어요.",
  },
  "head-too-large": {
    title: "요청이 너무 커요",
    text: "화면을 새로 고친 뒤 다시 시도해 주세요.",
  },
  "idempotency-conflict": {
    title: "앞선 요청과 내용이 달라요",
    text: "같은 요청이 다른 내용으로 이미 처리됐어요. 예매 내역을 확인해 주세요.",
  },
  "idempotency-key-required": {
    title: "요청을 처리하지 못했어요",
    text: "화면을 새로 고친 뒤 다시 시도해 주세요. 결제된 금액은 없어요.",
  },
  "insufficient-balance": {
    title: "충전금이 부족해요",
    text: "부족한 만큼 충전하면 바로 결제할 수 있어요. 좌석은 그대로 잡혀 있어요.",
  },
  "internal-error": {
    title: "서버에 문제가 생겼어요",
    text: "잠시 뒤 다시 시도해 주세요. 계속되면 아래 번호를 문의처에 알려 주세요.",
  },
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
  "method-not-allowed": {
    title: "할 수 없는 요청이에요",
    text: "화면을 새로 고친 뒤 다시 시도해 주세요.",
  },
  "not-found": {
    title: "찾으시는 내용이 없어요",
    text: "주소가 바뀌었거나 지워졌을 수 있어요.",
  },
  "operator-required": {
    title: "운영자만 할 수 있어요",
    text: "운영자 계정으로 로그인해 주세요.",
  },
  "order-already-paid": {
    title: "이미 결제한 주문이에요",
    text: "티켓이 준비돼 있어요. 두 번 결제되지 않았으니 안심하세요.",
  },
  "order-expired": {
    title: "좌석을 잡아 둔 시간이 지났어요",
    text: "결제된 금액은 없어요. 예매 시간이 남아 있다면 좌석을 다시 고를 수 있어요.",
  },
  "order-not-found": {
    title: "찾으시는 주문이 없어요",
    text: "다른 계정으로 예매했는지 확인해 주세요.",
  },
  "order-not-held": {
    title: "더는 바꿀 수 없는 주문이에요",
    text: "이미 취소됐거나 끝난 주문이에요. 예매 내역에서 확인해 주세요.",
  },
  overloaded: {
    title: "지금 접속이 몰리고 있어요",
    text: "순번과 좌석은 그대로예요. 잠시 뒤 다시 시도해 주세요.",
  },
  "performance-not-found": {
    title: "찾으시는 회차가 없어요",
    text: "날짜를 다시 골라 주세요.",
  },
  "prequeue-begun": {
    title: "이미 사전 대기가 시작됐어요",
    text: "지금은 줄 서는 방식을 바꿀 수 없어요.",
  },
  "presale-code-invalid": {
    title: "맞지 않는 선예매 코드예요",
    text: "코드를 다시 확인하거나, 코드 없이 일반 대기열로 들어가 주세요.",
  },
  "proof-of-work-invalid": {
    title: "자동 확인에 실패했어요",
    text: "다시 한번 확인할게요.",
  },
  "proof-of-work-required": {
    title: "사람인지 확인하고 있어요",
    text: "기기가 계산을 마치면 자동으로 줄을 서요. 몇 초면 돼요.",
  },
  "queue-closed": {
    title: "지금은 새로 줄을 설 수 없어요",
    text: "이 공연은 더 이상 대기를 받지 않아요. 이미 줄을 선 분들의 순번은 그대로예요.",
  },
  "queue-not-open": {
    title: "아직 줄을 설 수 없어요",
    text: "시간이 되면 자동으로 줄을 서 드릴게요. 화면을 켜 두세요.",
  },
  "queue-token-expired": {
    title: "순번이 만료됐어요",
    text: "대기를 취소했거나, 결제를 마쳤거나, 오래 자리를 비웠어요. 다시 줄을 서면 새 순번을 받아요.",
  },
  "queue-token-invalid": {
    title: "순번을 확인할 수 없어요",
    text: "다시 줄을 서 주세요.",
  },
  "rate-limited": {
    title: "너무 자주 요청했어요",
    text: "순번은 그대로예요. 잠시 뒤 다시 시도해 주세요.",
  },
  "request-timeout": {
    title: "연결이 느려요",
    text: "인터넷 상태를 확인하고 다시 시도해 주세요.",
  },
  "sale-already-open": {
    title: "이미 예매가 시작됐어요",
    text: "지금은 바꿀 수 없어요.",
  },
  "sale-closed": {
    title: "예매가 끝난 회차예요",
    text: "공연이 시작돼 더는 예매할 수 없어요. 다른 날짜를 골라 주세요.",
  },
  "seat-limit-exceeded": {
    title: "예매 가능 매수를 넘었어요",
    text: "회차당 한 사람이 예매할 수 있는 매수에는 이미 예매한 좌석도 포함돼요. 좌석을 줄여 주세요.",
  },
  "seat-not-found": {
    title: "없는 좌석이에요",
    text: "좌석 배치도를 새로 불러왔어요. 다시 골라 주세요.",
  },
  "seat-taken": {
    title: "방금 다른 분이 선택한 좌석이에요",
    text: "좌석 배치도를 새로 불러왔어요. 남은 좌석에서 다시 골라 주세요.",
  },
  "seats-unavailable": {
    title: "나란히 붙은 좌석이 모자라요",
    text: "이 등급에는 그만큼 붙어 있는 좌석이 남아 있지 않아요. 매수를 줄이거나 다른 등급을 골라 주세요.",
  },
  "sign-up-closed": {
    title: "지금은 가입할 수 없어요",
    text: "이미 계정이 있으면 로그인해 주세요.",
  },
  "store-unavailable": {
    title: "잠시 점검 중이에요",
    text: "순번과 좌석은 그대로예요. 잠시 뒤 다시 시도해 주세요.",
  },
  "target-too-long": {
    title: "주소가 너무 길어요",
    text: "화면을 새로 고친 뒤 다시 시도해 주세요.",
  },
  unauthenticated: {
    title: "다시 로그인해 주세요",
    text: "로그인한 지 오래됐어요. 순번은 그대로 남아 있어요.",
  },
  "wrong-credentials": {
    title: "이메일이나 비밀번호가 맞지 않아요",
    text: "다시 확인해 주세요.",
  },
  unreachable: {
    title: "서버에 연결할 수 없어요",
    text: "인터넷 연결을 확인해 주세요. 연결되면 이어서 진행할 수 있어요.",
  },
  unreadable: {
    title: "서버의 답을 읽지 못했어요",
    text: "잠시 뒤 다시 시도해 주세요.",
  },
  "page-failed": {
    title: "화면에 문제가 생겼어요",
    text: "인터넷이나 서버 문제는 아니에요. 화면을 새로 고쳐 주세요. 순번과 좌석은 그대로예요.",
  },
  unknown: {
    title: "처리하지 못했어요",
    text: "잠시 뒤 다시 시도해 주세요.",
  },
} satisfies Record<string, Explained>;

export const en: typeof ko = {
  "balance-limit-exceeded": {
    title: "No more can be added",
    text: "This would exceed the most that a balance may hold. Add a smaller amount.",
  },
  "body-too-large": {
    title: "Too much at once",
    text: "Shorten what you entered and try again.",
  },
  "concert-not-found": {
    title: "There's no such concert",
    text: "It may have been taken down, or the address is wrong.",
  },
  "email-taken": {
    title: "This address is already in use",
    text: "Sign in with it, or sign up with another address.",
  },
  "entry-proof-invalid": {
    title: "This browser can't show your pass",
    text: "Join the queue again. You keep your number.",
  },
  "entry-token-expired": {
    title: "Your booking time has run out",
    text: "It ran out, or was used for a payment. To book more, join the queue again.",
  },
  "entry-token-invalid": {
    title: "We couldn't read your pass",
    text: "Go back to the queue, and you get it anew.",
  },
  "entry-token-mismatch": {
    title: "This pass is for another concert",
    text: "Join the queue of this concert.",
  },
  "entry-token-missing": {
    title: "Join the queue first",
    text: "You can choose a date and seats when it is your turn.",
  },
  "guest-key-invalid": {
    title: "This guest has ended",
    text: "Continue as a new guest, or sign in.",
  },
  "guests-closed": {
    title: "Guests can't book here",
    text: "Sign in to go on.",
  },
  "head-too-large": {
    title: "Too much at once",
    text: "Reload the page and try again.",
  },
  "idempotency-conflict": {
    title: "This differs from what you sent before",
    text: "The same request was handled already with other contents. Have a look at your orders.",
  },
  "idempotency-key-required": {
    title: "That didn't work",
    text: "Reload the page and try again. You weren't charged.",
  },
  "insufficient-balance": {
    title: "Your balance is too low",
    text: "Add what is missing, and pay at once. Your seats are still held.",
  },
  "internal-error": {
    title: "Something broke on our side",
    text: "Try again in a moment. If it goes on, tell whoever helps you the number below.",
  },
  "invalid-request": {
    title: "Please check what you entered",
    text: "One of the fields isn't as it should be.",
  },
  "malformed-body": {
    title: "We couldn't read the request",
    text: "Reload the page and try again.",
  },
  "malformed-request": {
    title: "That did not work",
    text: "Reload the page and try again.",
  },
  "method-not-allowed": {
    title: "That can't be done here",
    text: "Reload the page and try again.",
  },
  "not-found": {
    title: "There's nothing here",
    text: "The address may have changed.",
  },
  "operator-required": {
    title: "Only operators may do this",
    text: "Sign in as an operator.",
  },
  "order-already-paid": {
    title: "This order is paid",
    text: "Your tickets are ready. You weren't charged twice.",
  },
  "order-expired": {
    title: "Your seats are no longer held",
    text: "You weren't charged. While you have time left, you can choose seats again.",
  },
  "order-not-found": {
    title: "There's no such order",
    text: "Did you book with another account?",
  },
  "order-not-held": {
    title: "This order can't be changed any more",
    text: "It was released, or is over. Your orders show what became of it.",
  },
  overloaded: {
    title: "Very many people are here right now",
    text: "Your place and your seats are kept. Please try again in a moment.",
  },
  "performance-not-found": {
    title: "There's no such date",
    text: "Choose a date again.",
  },
  "prequeue-begun": {
    title: "People are joining already",
    text: "The queue can't be changed any more.",
  },
  "presale-code-invalid": {
    title: "This presale code isn't valid here",
    text: "Check the code, or join without one.",
  },
  "proof-of-work-invalid": {
    title: "The automatic check failed",
    text: "We'll try it once more.",
  },
  "proof-of-work-required": {
    title: "Checking that you're no robot",
    text: "Your device solves a small puzzle, then joins by itself. It takes a few seconds.",
  },
  "queue-closed": {
    title: "The queue is closed to new people",
    text: "This queue takes no more people. Those who have a place keep it.",
  },
  "queue-not-open": {
    title: "You can't join yet",
    text: "We'll join for you as soon as it opens. Keep this page open.",
  },
  "queue-token-expired": {
    title: "Your place has expired",
    text: "It was given up or used, or you were away for too long. You can join again for a new place.",
  },
  "queue-token-invalid": {
    title: "We couldn't read your place",
    text: "Please join again.",
  },
  "rate-limited": {
    title: "Too many requests",
    text: "Your place is kept. Please try again in a moment.",
  },
  "request-timeout": {
    title: "The connection is slow",
    text: "Check your connection and try again.",
  },
  "sale-already-open": {
    title: "The sale is open already",
    text: "This can't be changed any more.",
  },
  "sale-closed": {
    title: "This date is no longer sold",
    text: "It has begun. Choose another date.",
  },
  "seat-limit-exceeded": {
    title: "That's more than one person may have for a date",
    text: "Seats that you already have count, too. Choose fewer.",
  },
  "seat-not-found": {
    title: "There's no such seat",
    text: "We loaded the seats anew. Please choose again.",
  },
  "seat-taken": {
    title: "Someone was faster",
    text: "We've loaded the seats anew. Choose from those that are left.",
  },
  "seats-unavailable": {
    title: "Not that many seats side by side",
    text: "This price level has no such block left. Ask for fewer seats, or for another price level.",
  },
  "sign-up-closed": {
    title: "You can't sign up here now",
    text: "If you have an account, sign in with it.",
  },
  "store-unavailable": {
    title: "We'll be back in a moment",
    text: "Your place and your seats are kept. Please try again in a moment.",
  },
  "target-too-long": {
    title: "That address is too long",
    text: "Reload the page and try again.",
  },
  unauthenticated: {
    title: "Please sign in again",
    text: "It has been a while. Your place in the queue is kept.",
  },
  "wrong-credentials": {
    title: "Address or password is wrong",
    text: "Please check both.",
  },
  unreachable: {
    title: "The server doesn't answer",
    text: "Check your connection. You can go on as soon as it is back.",
  },
  unreadable: {
    title: "We couldn't read the answer",
    text: "Try again in a moment.",
  },
  "page-failed": {
    title: "Something on this page went wrong",
    text: "It is neither your connection nor the server. Reload this page; your place and your seats are kept.",
  },
  unknown: {
    title: "That didn't work",
    text: "Try again in a moment.",
  },
};
