"""The Korean words of every problem, by its slug.

One entry for each class of `refusals/`. `text` is the text of the problem's page, and the detail as
well unless `detail` is set; braces in it are fields of the refusal.
"""

from yemae.http.server.korean_account_problems import ACCOUNTS
from yemae.http.server.korean_money_problems import MONEY, Words
from yemae.http.server.korean_operator_problems import OPERATORS

WORDS = {
    # --- The request itself ---
    "invalid-request": Words(
        "잘못된 요청",
        "요청에 빠졌거나 모르는 항목이 있습니다. 또는 형식이나 범위가 맞지 않는 항목이 있습니다.",
        "다음 항목을 확인해 주세요: {errors}.",
    ),
    "malformed-body": Words(
        "읽을 수 없는 본문",
        "본문이 UTF-8로 쓴 JSON이 아닙니다.",
        "본문이 UTF-8로 쓴 JSON이 아닙니다: {reason}",
    ),
    "body-too-large": Words(
        "본문이 너무 큼",
        "본문이 서버가 받는 크기보다 큽니다.",
        "본문은 {limit_bytes}바이트까지 보낼 수 있습니다.",
    ),
    "head-too-large": Words(
        "헤더가 너무 큼",
        "요청 줄과 헤더가 서버가 받는 크기보다 크거나 헤더 수가 너무 많습니다.",
        "요청 줄과 헤더는 모두 합쳐 {limit_bytes}바이트, {limit_fields}개까지 보낼 수 있습니다.",
    ),
    "target-too-long": Words(
        "주소가 너무 김",
        "쿼리를 포함한 주소가 서버가 받는 길이보다 깁니다.",
        "쿼리를 포함한 주소는 {limit_bytes}바이트까지 보낼 수 있습니다.",
    ),
    "malformed-request": Words(
        "잘못된 형식의 요청",
        "올바른 HTTP/1.1 요청이 아닙니다. 어디서 끝나는지 알 수 없거나 `Host`가 하나가 아닙니다. "
        "연결을 닫습니다.",
    ),
    "request-timeout": Words(
        "요청 시간 초과",
        "요청이 제시간에 도착하지 않았습니다.",
        "요청은 {limit_s}초 안에 모두 도착해야 합니다.",
    ),
    "not-found": Words("찾을 수 없음", "이 주소에는 아무것도 없습니다."),
    "method-not-allowed": Words(
        "허용되지 않는 메서드",
        "이 주소에서 쓸 수 없는 메서드입니다. 쓸 수 있는 메서드는 Allow 헤더에 있습니다.",
    ),
    "idempotency-key-required": Words(
        "Idempotency-Key 필요",
        "충전에는 Idempotency-Key 헤더가 있어야 합니다. 눈에 보이는 ASCII 문자 1~255자로, 충전할 "
        "때마다 새로 만들고 같은 충전을 다시 시도할 때는 같은 값을 보내세요.",
    ),
    "idempotency-conflict": Words(
        "다른 내용으로 이미 쓴 Idempotency-Key",
        "이 Idempotency-Key는 다른 내용의 요청에 이미 쓰였습니다. 새 요청에는 새 키를 쓰세요.",
    ),
    **ACCOUNTS,
    # --- The waiting room ---
    "prequeue-begun": Words(
        "이미 열린 사전 대기",
        "사전 대기가 이미 열려서, 예매가 열리기 전에는 대기 방식을 추첨으로 바꾸거나 추첨에서 다른 "
        "방식으로 바꿀 수 없습니다. 추첨 번호와 도착순 번호가 섞이기 때문입니다.",
    ),
    "sale-already-open": Words(
        "이미 열린 예매",
        "예매가 이미 열려서 더는 할 수 없습니다.",
    ),
    "queue-token-invalid": Words(
        "잘못된 대기열 토큰",
        "Queue-Token 헤더가 없거나, 이 서버가 발급한 토큰이 아닙니다.",
    ),
    "queue-token-expired": Words(
        "만료된 대기열 토큰",
        "이 순번은 만료됐습니다. 대기를 취소했거나, 이미 썼거나, 운영자가 취소했거나, 콘서트가 "
        "허용하는 시간보다 오래 접속하지 않았습니다. 다시 줄을 서면 새 순번을 받습니다.",
    ),
    "queue-not-open": Words(
        "아직 열리지 않은 대기열",
        "아직 줄을 설 수 없습니다. `opens_at`에 다시 시도해 주세요.",
    ),
    "queue-closed": Words(
        "닫힌 대기열",
        "이 대기열에는 더 이상 새로 줄을 설 수 없습니다. 이미 받은 순번은 그대로입니다.",
    ),
    "presale-code-required": Words(
        "선예매 코드 필요",
        "코드나 그룹이 있는 팬을 위한 선예매입니다. 코드를 `presale_code`로 보내 주세요.",
    ),
    "presale-code-invalid": Words(
        "잘못된 선예매 코드", "이 선예매 코드에 해당하는 우선 입장 그룹이 이 콘서트에는 없습니다."
    ),
    "proof-of-work-required": Words(
        "작업 증명 필요",
        "새 순번이나 새 계정을 받으려면 작업 증명이 필요합니다. `GET /v1/concerts/…/challenge`나 "
        "`GET /v1/users/challenge`에서 문제를 받아 풀고, 답을 `altcha`로 보내 주세요.",
    ),
    "proof-of-work-invalid": Words(
        "잘못된 작업 증명",
        "`altcha`의 답이 틀렸거나, 너무 오래되었거나, 이미 썼거나, 다른 문제의 답입니다. 새 문제를 "
        "풀어 주세요.",
    ),
    "entry-token-missing": Words(
        "입장 토큰 없음",
        "Entry-Token 헤더가 필요한 요청입니다. 콘서트의 대기열에 줄을 서고 입장을 기다려 주세요.",
    ),
    "entry-token-invalid": Words(
        "잘못된 입장 토큰", "Entry-Token 헤더의 토큰은 이 서버가 발급한 것이 아닙니다."
    ),
    "entry-token-expired": Words(
        "만료된 입장 토큰",
        "입장 토큰이 만료됐거나, 이미 결제에 썼습니다. 다시 줄을 서 주세요.",
    ),
    "entry-token-mismatch": Words(
        "맞지 않는 입장 토큰",
        "다른 사람의 입장 토큰이거나, 다른 콘서트 또는 이 공연 회차를 팔지 않는 예매 단계의 입장 "
        "토큰입니다.",
    ),
    "entry-proof-invalid": Words(
        "잘못된 입장 비밀 값",
        "이 입장 토큰은 비밀 값에 묶여 있는데, Entry-Proof 헤더가 없거나 값이 다릅니다. 줄을 설 때 "
        "해시로 보낸 비밀 값을 보내 주세요. 잃어버렸다면 새 비밀 값으로 다시 줄을 서세요. 순번은 "
        "그대로입니다.",
    ),
    # --- Concerts, seats and orders ---
    "concert-not-found": Words("없는 콘서트", "이 ID의 콘서트가 없습니다."),
    "performance-not-found": Words("없는 공연 회차", "이 ID의 공연 회차가 없습니다."),
    "sale-closed": Words(
        "예매 마감", "이 회차는 예매가 마감되어 좌석을 더 이상 예매할 수 없습니다."
    ),
    "seat-not-found": Words(
        "없는 좌석",
        "이 회차에는 그런 번호의 좌석이 없습니다.",
        "이 회차에 없는 좌석입니다: {seats}.",
    ),
    "seat-taken": Words(
        "이미 선택된 좌석",
        "다른 사람이 먼저 선점했거나 예매한 좌석이 있습니다. 선점된 좌석은 없으니 다른 좌석을 골라 "
        "다시 시도해 주세요.",
        "다른 사람이 먼저 선점한 좌석입니다: {seats}. 선점된 좌석은 없으니 다른 좌석을 골라 "
        "주세요.",
    ),
    "seats-unavailable": Words(
        "나란한 좌석 부족",
        "이 등급에는 그만큼 나란히 붙은 좌석이 남아 있지 않습니다. 선점된 좌석은 없습니다. 많아야 "
        "`largest`석(0일 수도 있습니다)으로 줄이거나 다른 등급을 골라 주세요.",
        "{grade} 등급에 나란히 붙은 {count}석이 남아 있지 않습니다. 지금은 많아야 {largest}석까지 "
        "나란히 앉을 수 있습니다. 선점된 좌석은 없습니다.",
    ),
    "companion-seat-alone": Words(
        "휠체어석 없는 동반석",
        "동반석은 휠체어석과 함께, 휠체어석 하나에 하나씩 예매할 수 있습니다. 선점된 좌석은 "
        "없습니다. 휠체어석을 더하거나 다른 좌석을 골라 주세요.",
        "휠체어석과 함께 하나씩만 예매할 수 있는 좌석입니다: {seats}. 선점된 좌석은 없습니다.",
    ),
    "price-type-unavailable": Words(
        "판매하지 않는 권종",
        "이 좌석에는 팔지 않거나 판매가 끝난 권종이 있습니다. 선점된 좌석은 없습니다. 배치도를 "
        "다시 받아 다른 권종이나 정가를 골라 주세요.",
        "지금 이 좌석에 팔지 않는 권종입니다: {price_types}. 선점된 좌석은 없습니다.",
    ),
    "area-full": Words(
        "구역 잔여 부족",
        "이 구역에 그만큼 남아 있지 않습니다. `left`매 이하로 줄이거나 다른 곳을 골라 주세요.",
        "{area}에 {left}매만 남아 있어 {count}매를 선점할 수 없습니다. 선점된 자리는 없습니다.",
    ),
    "seat-limit-exceeded": Words(
        "1인당 매수 제한 초과",
        "이 좌석까지 더하면 1인당 매수 한도를 넘습니다. 한도는 한 회차(`per`가 `performance`)나 "
        "모든 회차(`concert`)에 적용되며, 선점한 좌석과 결제한 좌석을 모두 셉니다.",
        "선점한 좌석과 결제한 좌석을 합쳐, {per} 1인 {limit}매까지 예매할 수 있습니다.",
    ),
    "allotment-exceeded": Words(
        "배정 좌석 초과",
        "이 예매 단계는 회차의 일부만 팝니다. `left`석 이하로 줄이거나 다른 회차를 골라 주세요.",
        "이 예매 단계에서 팔 수 있는 이 회차의 좌석은 {left}석입니다. 선점된 좌석은 없습니다.",
    ),
    "order-not-found": Words("없는 주문", "이 ID의 주문이 없습니다."),
    "order-not-held": Words(
        "선점 중이 아닌 주문",
        "좌석을 선점하고 있는 주문이 아니어서 결제하거나 취소할 수 없습니다.",
        "이 주문의 상태는 '{order_status}'입니다. 선점 중인 주문만 결제하거나 취소할 수 있습니다.",
    ),
    "order-expired": Words(
        "만료된 주문",
        "선점 시간이 끝나 좌석이 다시 풀렸습니다. 청구된 금액은 없습니다.",
    ),
    "order-already-paid": Words(
        "이미 결제한 주문", "이미 결제한 주문입니다. 다시 청구되지 않았습니다."
    ),
    "order-not-paid": Words(
        "결제하지 않은 주문",
        "결제한 주문이 아니어서 취소할 것이 없습니다. 선점 중인 주문은 놓아줄 수 있습니다.",
        "이 주문의 상태는 '{order_status}'입니다. 결제한 주문만 취소할 수 있습니다.",
    ),
    "order-disputed": Words(
        "이의가 제기된 결제",
        "카드 소유자가 이 주문의 결제에 이의를 제기했습니다. 결정될 때까지 환불할 수 없고, "
        "결제가 인정되어야 티켓을 내줍니다. 바뀐 것은 없습니다.",
    ),
    "cancellation-closed": Words(
        "취소 마감",
        "이 주문을 취소할 수 있는 시간이 `closes_at`에 끝났습니다. 값이 null이면 예매자가 취소할 "
        "수 없는 공연입니다. 바뀐 것은 없습니다.",
    ),
    "cancellation-fee-changed": Words(
        "바뀐 취소 수수료",
        "취소 수수료가 동의하신 금액과 다릅니다. 바뀐 것은 없으니 금액을 다시 확인해 주세요.",
        "지금은 수수료가 {fee}이고 {refund}이 환불됩니다. 바뀐 것은 없습니다.",
    ),
    "seats-not-in-order": Words(
        "주문에 없는 좌석",
        "이 주문에 없거나 이미 취소한 좌석이 있습니다. 바뀐 것은 없습니다.",
        "이 주문에 없는 좌석입니다: {seats}. 바뀐 것은 없습니다.",
    ),
    "refund-exceeds-payment": Words(
        "결제한 금액을 넘는 환불",
        "진행 중인 환불을 포함해 결제한 금액보다 많이 환불할 수 없습니다. 환불된 금액은 없습니다.",
        "환불할 수 있는 금액은 {left}입니다. 환불된 금액은 없습니다.",
    ),
    "refund-run-not-found": Words(
        "진행 중인 환불 없음", "취소된 날짜가 아니어서 진행하는 일괄 환불이 없습니다."
    ),
    **MONEY,
    **OPERATORS,
    # --- The server ---
    "overloaded": Words(
        "접속 폭주",
        "서버가 제시간에 답할 수 있는 것보다 많은 요청이 몰렸습니다. 처리된 것은 없으니 "
        "Retry-After만큼 기다린 뒤 다시 시도해 주세요.",
    ),
    "store-unavailable": Words(
        "일시적으로 이용 불가",
        "이 요청에 필요한 저장소에 지금 연결할 수 없습니다. Retry-After만큼 기다린 뒤 다시 시도해 "
        "주세요. 이미 처리되었을 수도 있으니 같은 Idempotency-Key를 쓰세요.",
    ),
    "internal-error": Words("서버 오류", "서버에 오류가 생겼고, 이 instance로 기록해 두었습니다."),
}
