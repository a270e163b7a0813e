"""The Korean words of the problems of money, a part of those of `korean_problems`."""

from typing import NamedTuple


class Words(NamedTuple):
    """A problem in Korean."""

    title: str
    text: str
    detail: str = ""


MONEY = {
    "insufficient-balance": Words(
        "잔액 부족",
        "잔액이 주문 금액보다 적습니다. 청구된 금액은 없습니다. 선점이 끝나기 전에 충전하고 다시 "
        "결제해 주세요.",
        "잔액은 {balance}이고 주문 금액은 {required}입니다.",
    ),
    "payment-method-closed": Words(
        "쓸 수 없는 결제 수단",
        "이 서버나 이 주문에서는 이 방법으로 결제할 수 없습니다. 금액이 없는 주문은 잔액으로 "
        "결제합니다. `GET /v1/settings`의 `payment_methods`에 열려 있는 수단이 있습니다.",
    ),
    "checkout-not-found": Words("없는 결제", "이 id의 카드 결제가 없습니다."),
    "checkout-in-progress": Words(
        "카드 결제 확인 중",
        "이 주문이나 이 입장 토큰의 카드 결제를 확인하고 있습니다. 결과가 나올 때까지 다른 "
        "방법으로 결제하거나 주문을 취소할 수 없습니다.",
    ),
    "payment-declined": Words(
        "결제되지 않음",
        "결제되지 않았고 청구된 금액이 없습니다. 좌석이 선점되어 있는 동안 다시 시도하거나 다른 "
        "카드를 쓸 수 있습니다.",
        "결제되지 않았고({reason}) 청구된 금액이 없습니다.",
    ),
    "payment-provider-unavailable": Words(
        "결제 대행사 응답 없음",
        "결제 대행사가 응답하지 않습니다. Retry-After의 시간 뒤에 같은 Idempotency-Key로 다시 "
        "시도해 주세요.",
    ),
    "webhook-invalid": Words("서명이 맞지 않는 웹훅", "이 웹훅의 서명이 맞지 않습니다."),
    "top-up-closed": Words(
        "충전할 수 없음",
        "이 서버는 이 방법의 충전을 받지 않거나, 이만큼을 더 받지 않습니다. `GET /v1/settings`의 "
        "`top_ups`가 열려 있는 방법을 알려 주며, 모든 잔액의 합에는 한도가 있습니다.",
    ),
    "balance-limit-exceeded": Words(
        "잔액 한도 초과",
        "충전하면 잔액 한도를 넘습니다.",
        "잔액은 최대 {limit}까지입니다.",
    ),
}
