"""What an operator signs phone tickets with, from a test's own authority."""

from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

PASS_TYPE_ID, TEAM_ID, ORGANISATION = "pass.com.example.tickets", "A1B2C3D4E5", "Example Tickets"
ISSUER_ID, EMAIL = "3388000000012345678", "tickets@example.iam.gserviceaccount.com"
YEAR = timedelta(days=365)


def _name(common: str, **more: str) -> x509.Name:
    kinds = {
        "uid": NameOID.USER_ID,
        "unit": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "organisation": NameOID.ORGANIZATION_NAME,
    }
    parts = [x509.NameAttribute(kinds[kind], text) for kind, text in more.items()]
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common)])


AUTHORITY = _name("Test Worldwide Developer Relations")
OPERATOR = _name(
    f"Pass Type ID: {PASS_TYPE_ID}", uid=PASS_TYPE_ID, unit=TEAM_ID, organisation=ORGANISATION
)


@cache
def _key(_of: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def google_key() -> rsa.RSAPrivateKey:
    """The key of the service account."""
    return rsa.generate_private_key(65_537, 2_048)


def certificate(of: str, subject: x509.Name, ends: timedelta = YEAR) -> x509.Certificate:
    """A certificate of the authority, or its own."""
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(AUTHORITY)
        .public_key(_key(of).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - YEAR)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=of == "authority", path_length=None), critical=True)
    )
    return made.sign(_key("authority"), hashes.SHA256())


@cache
def authority() -> x509.Certificate:
    """What the operator's certificate is issued under."""
    return certificate("authority", AUTHORITY)


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    """A private key as text."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def apple(subject: x509.Name = OPERATOR, ends: timedelta = YEAR, key_of: str = "operator") -> str:
    """What `openssl pkcs12` writes of the operator's certificate and key, and Apple's above it."""
    own = certificate("operator", subject, ends).public_bytes(Encoding.PEM).decode()
    above = authority().public_bytes(Encoding.PEM).decode()
    attributes = "Bag Attributes\n    friendlyName: Pass\nKey Attributes: <No Attributes>\n"
    return f"{attributes}{own}{attributes}{pem(_key(key_of))}{above}"


def google(**more: object) -> str:
    """The key of a service account, with the issuer's id."""
    account = {
        "type": "service_account",
        "issuer_id": ISSUER_ID,
        "client_email": EMAIL,
        "private_key": pem(google_key()),
        **more,
    }
    return msgspec.json.format(msgspec.json.encode(account), indent=2).decode() + "\n"
