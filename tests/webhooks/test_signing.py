"""Signatures as another implementation verifies them, and addresses that webhooks may go to."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from yemae.webhooks.addresses import is_public, wrong_url
from yemae.webhooks.signing import OVERLAP, headers, secret, secrets

KEY, ENDPOINT, EVENT = "k" * 32, UUID(int=1), UUID(int=2)
BODY = '{"type":"order.paid","data":{"name":"예매"}}'


def test_the_reference_implementation_verifies_a_request() -> None:
    made = headers(EVENT, datetime.now(UTC), BODY, [secret(KEY, ENDPOINT, 1)])
    assert Webhook(secret(KEY, ENDPOINT, 1)).verify(BODY, made) == json.loads(BODY)
    for wrong in (secret(KEY, ENDPOINT, 2), secret(KEY, UUID(int=9), 1), secret("x", ENDPOINT, 1)):
        with pytest.raises(WebhookVerificationError):
            Webhook(wrong).verify(BODY, made)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret(KEY, ENDPOINT, 1)).verify(BODY.replace("paid", "void"), made)


def test_for_a_day_after_a_rotation_both_secrets_verify() -> None:
    now = datetime.now(UTC)
    signing = secrets(KEY, ENDPOINT, 2, now, now + OVERLAP - timedelta(seconds=1))
    made = headers(EVENT, now, BODY, signing)
    for number in (1, 2):
        Webhook(secret(KEY, ENDPOINT, number)).verify(BODY, made)
    assert secrets(KEY, ENDPOINT, 2, now, now + OVERLAP) == [secret(KEY, ENDPOINT, 2)]
    assert secrets(KEY, ENDPOINT, 1, None, now) == [secret(KEY, ENDPOINT, 1)]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0",
        "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::1", "2001:db8::1", "localhost", "", "64:ff9b:1::a9fe:a9fe", "fec0::1",
        "::93.184.216.34",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822"])
def test_a_public_address(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "https://", "https://127.0.0.1/",
        "https://[::1]/", "https://10.0.0.1:8443/x", "https://user:pass@example.com/",
        "https://example.com/#part", "https://example.com:99999/", "https://example.com:0/",
        "https://exa mple.com/", "https://예매.example/", "https://example.com/\n", "example.com",
        "https://example.com\\@127.0.0.1/", "https://" + "x" * 2_000, "https://[x",
    ],
)  # fmt: skip
def test_an_url_that_cannot_be_an_endpoint(url: str) -> None:
    assert wrong_url(url, "public") is not None


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://example.com/hooks?a=b", "public"),
        ("https://93.184.216.34:8443/", "public"),
        ("http://127.0.0.1:9000/", "any"),
        ("http://crm.internal/", "any"),
    ],
)
def test_an_url_that_can(url: str, allowed: str) -> None:
    assert wrong_url(url, "any" if allowed == "any" else "public") is None
