"""Settings of the Caddy that `yemae serve` starts in front of itself when it is given a domain."""

from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.settings.said import said


class HttpsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The public address, its certificate, and who may reach what operators use."""

    domain: Annotated[
        str,
        said(
            "The public name, such as `tickets.example.com`: `yemae serve` then starts Caddy in "
            "front of itself, with HTTPS and automatic certificates; see [install](install.md). "
            "`localhost` gets a certificate of Caddy's own authority. Empty: plain HTTP only.",
            "`tickets.example.com` 같은 공개 이름. `yemae serve`가 앞에 Caddy를 시작해 HTTPS와 "
            "자동 인증서로 서비스합니다. [설치](install.ko.md) 참고. `localhost`는 Caddy 자체 인증 "
            "기관의 인증서를 받습니다. 비우면 HTTP만 씁니다.",
            is_shown=True,
        ),
    ] = ""
    https_port: Annotated[
        int,
        Meta(ge=1, le=65_535),
        said("The port of HTTPS of `YEMAE_DOMAIN`.", "`YEMAE_DOMAIN`의 HTTPS 포트."),
    ] = 443
    http_port: Annotated[
        int,
        Meta(ge=1, le=65_535),
        said(
            "The port of plain HTTP of `YEMAE_DOMAIN`, which only redirects to HTTPS and proves to "
            "the certificate authority that the name is yours.",
            "`YEMAE_DOMAIN`의 HTTP 포트. HTTPS로 돌려보내고, 인증 기관에 이름의 소유를 "
            "증명하는 데만 씁니다.",
        ),
    ] = 80
    operators_from: Annotated[
        str,
        said(
            "Addresses and networks, separated by commas, that reach `/v1/admin` and `/metrics` "
            "through `YEMAE_DOMAIN`, such as `203.0.113.7,10.0.0.0/8`; all others are answered "
            "404. `/metrics` also needs `YEMAE_METRICS=all`. Empty: none.",
            "`YEMAE_DOMAIN`을 통해 `/v1/admin`과 `/metrics`에 닿을 수 있는 주소와 네트워크. "
            "`203.0.113.7,10.0.0.0/8`처럼 쉼표로 나눕니다. 나머지에는 404를 답합니다. "
            "`/metrics`에는 `YEMAE_METRICS=all`도 필요합니다. 비우면 아무도 닿지 못합니다.",
            is_shown=True,
        ),
    ] = ""
    acme_url: Annotated[
        str,
        said(
            "The ACME directory of another certificate authority, such as your organisation's. "
            "Empty: Let's Encrypt.",
            "조직의 인증 기관처럼 다른 인증 기관의 ACME 디렉터리. 비우면 Let's Encrypt.",
            is_shown=True,
        ),
    ] = ""
