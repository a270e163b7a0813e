"""What signs phone tickets is read from one text; what is wrong with it is said without a key."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from helpers.phone_tickets import (
    EMAIL,
    ISSUER_ID,
    ORGANISATION,
    PASS_TYPE_ID,
    TEAM_ID,
    apple,
    authority,
    google,
    pem,
)
from yemae.phone_tickets.keys import PhoneTicketKeys, read_phone_ticket_keys
from yemae.settings import Settings, SettingsError

NOW = datetime.now(UTC)


def read(text: str) -> PhoneTicketKeys:
    return read_phone_ticket_keys(Settings().replace(phone_tickets=text))


def test_without_the_setting_there_are_none() -> None:
    assert read(" \n").kinds(NOW) == []


@pytest.mark.parametrize("text", [apple() + google(), google() + apple()], ids=["one", "other"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_both_are_read_in_any_order_and_the_certificate_says_who_the_operator_is(
    text: str, ends: str
) -> None:
    keys = read(text.replace("\n", ends))
    assert keys.kinds(NOW) == ["apple", "google"]
    assert keys.apple is not None
    said = (keys.apple.pass_type_id, keys.apple.team_id, keys.apple.organisation)
    assert said == (PASS_TYPE_ID, TEAM_ID, ORGANISATION)
    assert [each.subject for each in keys.apple.chain] == [authority().subject]
    assert keys.google is not None
    assert (keys.google.issuer_id, keys.google.email) == (ISSUER_ID, EMAIL)


def test_each_is_enough_by_itself() -> None:
    assert read(apple()).kinds(NOW) == ["apple"]
    assert read(google()).kinds(NOW) == ["google"]


def test_no_ticket_is_made_with_a_certificate_that_has_expired() -> None:
    keys = read(apple(ends=timedelta(days=1)) + google())
    assert keys.kinds(NOW + timedelta(days=2)) == ["google"]


NO_TEAM = x509.Name([x509.NameAttribute(NameOID.USER_ID, "pass.com.example.tickets")])
OTHER = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A web server")])
ABOVE = authority().public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("pass.p12", "expected certificates in PEM, the JSON of a service account, or both"),
        (ABOVE, "expected one private key in PEM, found 0"),
        (apple() + apple(), "expected one private key in PEM, found 2"),
        (apple(key_of="another"), "expected the certificate of the private key"),
        (
            apple().removesuffix(ABOVE),
            "expected the certificate that issued the operator's",
        ),
        (apple(OTHER), "expected a certificate for a pass type identifier such as"),
        (apple(NO_TEAM), "expected a certificate with the team as its organizational unit"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "cannot read BEGIN CERTIFICATE",
        ),
        ("{}", "the service account: Object missing required field `issuer_id`"),
        ("{\n", "expected certificates in PEM"),
        (google(issuer_id="me"), "the service account: Expected `str` matching regex"),
        (google(private_key="secret"), "cannot read the `private_key` of the service account"),
        (google(private_key=pem(ec.generate_private_key(ec.SECP256R1()))), "expected an RSA key"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason_and_without_a_key(
    text: str, why: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        read(text)
    said = str(refused.value)
    assert said.startswith(f"YEMAE_PHONE_TICKETS cannot be used: {why}")
    assert "secret" not in said
    assert "PRIVATE KEY" not in said
