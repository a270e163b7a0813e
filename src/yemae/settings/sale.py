"""Settings of the waiting room, the sale and the accounts."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yemae.settings.said import Seconds, said
from yemae.values import money

Currency = Annotated[str, Meta(pattern=f"^(?:{'|'.join(money.DIGITS)})$")]
AmountMax = Annotated[int, Meta(ge=0, le=money.ORDER_SEATS_MAX * money.PRICE_MAX * 1_000)]
# How money comes into a wallet.
TopUps = Literal["free", "card", "off"]


class WaitingRoomSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The waiting room."""

    poll_after_max_ms: Annotated[
        int,
        Meta(ge=100, le=60_000),
        said(
            "The longest poll interval, far from the front, in milliseconds; at the front it is a "
            "second, or this if it is shorter.",
            "맨 앞에서 먼 곳의 가장 긴 폴링 간격(밀리초). 맨 앞은 1초이고, 이 값이 더 짧으면 이 "
            "값입니다.",
        ),
    ] = 60_000
    queue_token_ttl_s: Annotated[
        int,
        Meta(ge=60, le=2_592_000),
        said(
            "Seconds that a place in the queue lives: from the opening if it was drawn, otherwise "
            "from joining.",
            "대기열의 순번이 유효한 시간(초). 추첨한 순번은 판매 시작부터, 나머지는 대기를 "
            "시작한 때부터 셉니다.",
        ),
    ] = 86_400
    challenge_counter_max: Annotated[
        int,
        Meta(ge=1, le=10_000_000),
        said(
            "Tries that a proof-of-work challenge takes at most, half of it on average; see "
            "[proof of work](operations.md#proof-of-work).",
            "작업 증명 문제 하나를 푸는 최대 시도 횟수. 평균은 그 절반입니다. [작업 "
            "증명](operations.ko.md#작업-증명) 참고.",
        ),
    ] = 20_000


class SaleSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Holds, money, and what tickets are signed with for phones."""

    hold_ttl_s: Annotated[
        Seconds,
        said(
            "Seconds that seats are held for an order that is not paid.",
            "결제하지 않은 주문의 좌석을 선점해 두는 시간(초).",
        ),
    ] = 300
    currency: Annotated[
        Currency,
        said(
            "The currency of every wallet, and so of every concert on this server.",
            "모든 지갑의 통화. 이 서버의 모든 콘서트도 이 통화로 팝니다.",
        ),
    ] = "KRW"
    top_ups: Annotated[
        Literal["", "free", "card", "off"],
        said(
            "How fans top up: `free` credits every amount without payment, for development and "
            "schools, `card` takes a card payment, `off` refuses. A production server that credits "
            "without payment gives its tickets away.",
            "팬이 충전하는 방법. `free`는 결제 없이 적립하며 개발과 학교에서 씁니다. `card`는 "
            "카드로 결제받고 `off`는 거절합니다. 결제 없이 적립하는 `production` 서버는 티켓을 "
            "그냥 내주는 것과 같습니다.",
            default=(
                "`free` in development, `off` in production",
                "`development`에서 `free`, `production`에서 `off`",
            ),
        ),
    ] = ""
    balance_max: Annotated[
        AmountMax,
        said(
            "The largest balance and the largest top-up, in minor units of the currency. 0: what "
            "the dearest order in the currency can cost (100 seats at 100,000,000 each). A concert "
            "whose dearest order would be more is refused.",
            "최대 잔액이자 한 번에 충전할 수 있는 최대 금액(통화의 최소 단위). 0: 그 통화에서 "
            "가장 비싼 주문의 금액(1억씩 100석). 가장 비싼 주문이 이보다 큰 콘서트는 거절합니다.",
        ),
    ] = 0
    wallets_sum_max: Annotated[
        int,
        Meta(ge=0, le=1_000_000_000_000_000),
        said(
            "The largest sum of all balances, in minor units of the currency: many countries "
            "regulate prepaid money above an amount. A top-up beyond it is refused with "
            "`top-up-closed`; refunds are credited all the same. The same on every node. 0: no "
            "limit.",
            "모든 잔액의 합의 최대(통화의 최소 단위). 많은 나라가 일정 금액을 넘는 선불금을 "
            "규제합니다. 넘는 충전은 `top-up-closed`로 거절하고, 환불은 그래도 적립합니다. 모든 "
            "노드가 같아야 합니다. 0: 제한 없음.",
        ),
    ] = 0

    second_person: Annotated[
        Literal["off", "on"],
        said(
            "`on`: cancelling a paid order for a fan, and moving one, takes two operators. The "
            "first call proposes it, and the same call by another within ten minutes carries it "
            "out; see "
            "[a second person](operations.md#a-second-person).",
            "`on`: 결제한 주문을 팬 대신 취소하거나 옮기려면 운영자 두 명이 필요합니다. 첫 호출은 "
            "제안이고, 다른 운영자가 10분 안에 같은 호출을 하면 실행됩니다. [두 사람 "
            "확인](operations.ko.md#두-사람-확인) 참고.",
        ),
    ] = "off"

    phone_tickets: Annotated[
        str,
        said(
            "What signs tickets for the wallet apps of phones: of Apple a certificate, its private "
            "key and the certificate above it in PEM; of Google the JSON of a service account with "
            "`issuer_id`; one after the other. Best in a file: `YEMAE_PHONE_TICKETS_FILE`; see "
            "[phone tickets](tickets.md#in-the-wallet-app-of-a-phone). Empty: tickets are not "
            "offered there.",
            "휴대폰 지갑 앱의 티켓에 서명하는 것. Apple은 인증서와 개인 키, 상위 인증서를 PEM으로, "
            "Google은 `issuer_id`를 더한 서비스 계정의 JSON을 차례로 이어 적습니다. "
            "`YEMAE_PHONE_TICKETS_FILE`로 파일에 두는 것이 좋습니다. [휴대폰 "
            "티켓](tickets.ko.md#휴대폰의-지갑-앱에-담기) 참고. 비우면 제공하지 않습니다.",
        ),
    ] = ""

    @property
    def largest_balance(self) -> int:
        """The largest balance and top-up, in minor units of the currency."""
        return self.balance_max or money.order_max(self.currency)


class AccountSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts and sign-in."""

    sign_up: Annotated[
        Literal["open", "confirmed", "off"],
        said(
            "Whether fans can make accounts here. `confirmed`: by the link of a mail to their "
            "address, which takes a server that sends mail. `off` behind a login of your own.",
            "팬이 여기에서 계정을 만들 수 있는지. `confirmed`: 이메일로 받은 링크로만 만들며, "
            "메일을 보내는 서버여야 합니다. 자체 로그인을 앞에 둘 때는 `off`.",
        ),
    ] = "open"
    guests: Annotated[
        Literal["on", "off"],
        said(
            "Whether fans can go on as guests, without an account. Present guests stay guests.",
            "계정 없이 게스트로 들어올 수 있는지. 이미 게스트인 팬은 그대로입니다.",
        ),
    ] = "on"
    guest_email: Annotated[
        Literal["optional", "required"],
        said(
            "Whether a fan without an account has to give an e-mail address with a payment, so "
            "that the tickets are found again; only where the server sends mail.",
            "계정이 없는 팬이 결제할 때 이메일을 꼭 적어야 하는지. 티켓을 다시 찾을 수 있게 "
            "합니다. 메일을 보내는 서버에서만 해당합니다.",
        ),
    ] = "optional"
    sign_in_providers: Annotated[
        str,
        said(
            "Where fans may sign in beside here, and whose access tokens the API takes, as JSON; "
            "see [accounts](accounts.md#signing-in-elsewhere). Best in a file: "
            "`YEMAE_SIGN_IN_PROVIDERS_FILE`.",
            "팬이 로그인할 수 있는 다른 곳과, API가 받는 다른 곳의 액세스 토큰. JSON이며 "
            "[계정](accounts.ko.md#다른-계정으로-로그인) 참고. `YEMAE_SIGN_IN_PROVIDERS_FILE`로 "
            "파일에 두는 것이 좋습니다.",
        ),
    ] = ""
    access_token_ttl_s: Annotated[
        int,
        Meta(ge=60, le=2_592_000),
        said("Seconds that a sign-in lasts.", "로그인이 유지되는 시간(초)."),
    ] = 43_200
    accounts_per_address_per_minute: Annotated[
        int,
        Meta(ge=0, le=1_000_000_000),
        said(
            "New accounts and guests of one network address in a minute; more are answered 429. "
            "Mobile networks and schools have many fans behind one address. 0: 300 in production, "
            "600 in development.",
            "네트워크 주소 하나에서 1분에 만들 수 있는 계정과 게스트의 수. 넘으면 429를 "
            "답합니다. 통신사와 학교는 주소 하나 뒤에 팬이 많습니다. 0: `production`에서 300, "
            "`development`에서 600.",
        ),
    ] = 0
