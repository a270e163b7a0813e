"""Settings of webhooks."""

from typing import Annotated, Literal

import msgspec

from yemae.settings.said import said

WebhookAddresses = Literal["public", "any"]


class WebhookSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Webhooks to systems of the operator."""

    webhook_addresses: Annotated[
        WebhookAddresses,
        said(
            "Where [webhooks](webhooks.md) may go: `public` is https to addresses of the public "
            "internet; `any` is also http, and networks of your own, for a receiver beside the "
            "server.",
            "[웹훅](webhooks.ko.md)을 보낼 수 있는 곳. `public`은 공개 인터넷 주소로 보내는 "
            "https만, `any`는 http와 자체 네트워크까지로, 서버 옆의 수신기에 씁니다.",
        ),
    ] = "public"
