"""Settings of card payment."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yemae.settings.said import said

Providers = Literal["test", "none"]


class PaymentSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The payment provider."""

    payment_provider: Annotated[
        Literal["", "test", "none"],
        said(
            "Who takes card payments; see [payments](payments.md). `test` is a bank of our own, "
            "with a payment page, for development: it moves no money, and a production server "
            "refuses it.",
            "카드 결제를 받는 곳. [결제](payments.ko.md) 참고. `test`는 결제 화면이 있는 자체 시험 "
            "은행으로 개발용입니다. 돈이 움직이지 않으며 `production` 서버는 거절합니다.",
            default=(
                "`test` in development, `none` in production",
                "`development`에서 `test`, `production`에서 `none`",
            ),
        ),
    ] = ""
    test_bank_url: Annotated[
        str,
        Meta(pattern="^(https?://[!-~]{1,200})?$"),
        said(
            "Where the `test` bank is, if not in the server itself: for a rehearsal with a bank "
            "that stays while servers fail, such as `python -m bench.bank` of the source.",
            "`test` 은행이 서버 자신이 아닌 다른 곳에 있을 때의 주소. 서버가 멈춰도 남는 은행으로 "
            "예행연습할 때 쓰며, 소스의 `python -m bench.bank`가 그 예입니다.",
            default=("the server itself", "서버 자신"),
        ),
    ] = ""
