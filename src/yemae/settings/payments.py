"""Settings of card payment."""

from typing import Annotated, Literal

import msgspec

from yemae.settings.said import said

ADDRESSES = ("http://", "https://")
Providers = Literal["portone", "stripe", "test", "none"]


class PaymentSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The payment provider."""

    payment_provider: Annotated[
        Literal["", "portone", "stripe", "test", "none"],
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
    payment_keys: Annotated[
        str,
        said(
            "The provider's keys, separated by spaces or lines and known by their beginnings; see "
            "[payments](payments.md#keys). `stripe`: the secret key and the signing secret of its "
            "webhooks, `sk_live_… whsec_…`. `portone`: `API_SECRET whsec_… store-… channel-key-…`. "
            "Best in a file: `YEMAE_PAYMENT_KEYS_FILE`. An address, `https://…`, among them says "
            "where its API is, if not at its own address: for a rehearsal with a bank that stays "
            "while servers fail, such as `python -m bench.bank` of the source.",
            "결제 대행사의 키. 공백이나 줄바꿈으로 나누며 앞부분으로 구별합니다. "
            "[결제](payments.ko.md#키) 참고. `stripe`는 비밀 키와 웹훅 서명 비밀인 "
            "`sk_live_… whsec_…`. `portone`은 `API_SECRET whsec_… store-… channel-key-…`. "
            "`YEMAE_PAYMENT_KEYS_FILE`로 파일에 두는 것이 좋습니다. 그 사이의 주소 `https://…`는 "
            "API가 원래 주소가 아닌 곳에 있을 때의 주소입니다. 서버가 멈춰도 남는 은행으로 "
            "예행연습할 때 쓰며, 소스의 `python -m bench.bank`가 그 예입니다.",
        ),
    ] = ""

    def api_url(self) -> str:
        """Where the provider's API is, if not at its own address; else empty."""
        words = self.payment_keys.split()
        return next((word.rstrip("/") for word in words if word.startswith(ADDRESSES)), "")
