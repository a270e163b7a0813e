"""What signs phone tickets, as the one setting has it: texts in PEM, and JSON, one after the other.

A certificate of Apple with its private key and the certificate that it was issued under; the key of
a service account of Google, with the issuer's id in it. Always holds: no sentence about them has a
key in it.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, NamedTuple

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID, ObjectIdentifier
from msgspec import Meta

from yemae.phone_tickets.apple import AppleKeys
from yemae.phone_tickets.google import GoogleKeys
from yemae.settings import Settings, SettingsError

VARIABLE = "YEMAE_PHONE_TICKETS"
Kind = Literal["apple", "google"]
BLOCK = re.compile(r"^-----BEGIN ([A-Z0-9 ]+)-----$.*?^-----END \1-----$", re.MULTILINE | re.DOTALL)
# The key of a service account, between lines that are none of it.
JSON = re.compile(r"^\{.*\}\s*$", re.MULTILINE | re.DOTALL)
PASS_TYPE = "pass."  # noqa: S105 - the beginning of a pass type identifier


class PhoneTicketKeys(NamedTuple):
    """The keys that there are."""

    apple: AppleKeys | None = None
    google: GoogleKeys | None = None

    def kinds(self, now: datetime) -> list[Kind]:
        """The wallet apps that tickets can be made for at this moment: no phone takes a ticket
        whose certificate has expired."""
        kinds: list[Kind] = []
        if self.apple is not None and now < self.apple.expires_at:
            kinds.append("apple")
        if self.google is not None:
            kinds.append("google")
        return kinds


class ServiceAccount(msgspec.Struct, frozen=True):
    """The key of a service account, as Google gives it out, and the issuer's id."""

    issuer_id: Annotated[str, Meta(pattern=r"^[0-9]{1,30}\Z")]
    client_email: Annotated[str, Meta(min_length=3, max_length=320)]
    private_key: Annotated[str, Meta(min_length=1, max_length=20_000)]


def read_phone_ticket_keys(settings: Settings) -> PhoneTicketKeys:
    """The keys that are set. Raises SettingsError."""
    text = settings.sale.phone_tickets.strip()
    if not text:
        return PhoneTicketKeys()
    # Files of Windows end lines in another way.
    lines = "\n".join(text.splitlines())
    blocks = [match[0] for match in BLOCK.finditer(lines)]
    account = JSON.search(BLOCK.sub("", lines))
    if not blocks and account is None:
        raise _wrong("expected certificates in PEM, the JSON of a service account, or both")
    return PhoneTicketKeys(
        _apple(blocks) if blocks else None, None if account is None else _google(account[0])
    )


def _apple(blocks: Sequence[str]) -> AppleKeys:
    """Raises SettingsError."""
    certificates, keys = list[x509.Certificate](), list[RSAPrivateKey | EllipticCurvePrivateKey]()
    for block in blocks:
        try:
            if "PRIVATE KEY" in block.partition("\n")[0]:
                keys.append(_private_key(block))
            else:
                certificates.append(x509.load_pem_x509_certificate(block.encode()))
        except (ValueError, TypeError):
            raise _wrong(f"cannot read {block.partition(chr(10))[0].strip('-')}") from None
    if len(keys) != 1:
        raise _wrong(f"expected one private key in PEM, found {len(keys)}")
    (key,) = keys
    own = [each for each in certificates if each.public_key() == key.public_key()]
    if not own:
        raise _wrong("expected the certificate of the private key")
    certificate = own[0]
    chain = tuple(each for each in certificates if each is not certificate)
    if certificate.issuer not in [each.subject for each in chain]:
        issuer = _named(certificate.issuer, NameOID.COMMON_NAME)
        raise _wrong(f"expected the certificate that issued the operator's: {issuer!r} of Apple")
    pass_type_id = _named(certificate.subject, NameOID.USER_ID)
    if not pass_type_id.startswith(PASS_TYPE):
        raise _wrong("expected a certificate for a pass type identifier such as `pass.com.example`")
    team_id = _named(certificate.subject, NameOID.ORGANIZATIONAL_UNIT_NAME)
    if not team_id:
        raise _wrong("expected a certificate with the team as its organizational unit")
    return AppleKeys(
        pass_type_id,
        team_id,
        _named(certificate.subject, NameOID.ORGANIZATION_NAME),
        certificate.not_valid_after_utc,
        certificate,
        key,
        chain,
    )


def _google(text: str) -> GoogleKeys:
    """Raises SettingsError."""
    try:
        account = msgspec.json.decode(text, type=ServiceAccount)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise _wrong(f"the service account: {error}") from None
    try:
        key = _private_key(account.private_key)
    except (ValueError, TypeError):
        raise _wrong("cannot read the `private_key` of the service account") from None
    if not isinstance(key, RSAPrivateKey):
        raise _wrong("expected an RSA key as `private_key` of the service account")
    return GoogleKeys(account.issuer_id, account.client_email, key)


def _private_key(pem: str) -> RSAPrivateKey | EllipticCurvePrivateKey:
    """Raises ValueError, or TypeError for one with a passphrase."""
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise ValueError("another kind of key")
    return key


def _named(name: x509.Name, what: ObjectIdentifier) -> str:
    """A part of a name; empty where there is none."""
    return next((str(each.value) for each in name.get_attributes_for_oid(what)), "")


def _wrong(why: str) -> SettingsError:
    return SettingsError(f"{VARIABLE} cannot be used: {why}.")
