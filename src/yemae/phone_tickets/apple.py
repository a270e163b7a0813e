"""A ticket for Apple Wallet: a file `.pkpass`, as Apple's Wallet Passes describe it. Pure.

A ZIP of `pass.json`, images, `manifest.json` with the SHA-1 of each, and `signature`: a detached
PKCS #7 signature of the manifest by the operator's certificate, with the certificate of Apple that
issued it. Who the operator is stands in their certificate.
"""

import hashlib
import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import (
    PKCS7Options,
    PKCS7SignatureBuilder,
)

from yemae.phone_tickets.card import Card

MEDIA_TYPE = "application/vnd.apple.pkpass"
# Read before a process of root becomes another user, who may not be let into the program's folder.
IMAGES = {path.name: path.read_bytes() for path in Path(__file__).with_name("images").glob("*.png")}
# After it a phone shows the ticket as one of the past.
OVER_AFTER = timedelta(hours=12)
BACKGROUND, TEXT, LABEL = "rgb(24, 22, 36)", "rgb(255, 255, 255)", "rgb(190, 184, 214)"
# A file in a ZIP has a date; the same ticket is the same bytes but for its signature.
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
SIGNED_AS = [PKCS7Options.DetachedSignature, PKCS7Options.Binary]


class AppleKeys(NamedTuple):
    """What signs tickets: who they are of, until when the certificate is good, and those that it
    was issued under."""

    pass_type_id: str
    team_id: str
    organisation: str
    expires_at: datetime
    certificate: x509.Certificate
    key: RSAPrivateKey | EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]


def pkpass(keys: AppleKeys, card: Card) -> bytes:
    """The file of a ticket."""
    files = {"pass.json": msgspec.json.encode(_pass(keys, card)), **IMAGES}
    manifest = msgspec.json.encode({name: _sha1(content) for name, content in files.items()})
    written = {**files, "manifest.json": manifest, "signature": _signature(keys, manifest)}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in written.items():
            archive.writestr(zipfile.ZipInfo(name, FIRST_DAY), content)
    return file.getvalue()


def _pass(keys: AppleKeys, card: Card) -> dict[str, object]:
    return {
        "formatVersion": 1,
        "passTypeIdentifier": keys.pass_type_id,
        "teamIdentifier": keys.team_id,
        "organizationName": keys.organisation,
        "logoText": keys.organisation,
        "serialNumber": card.serial,
        "description": card.labels.ticket.format(concert=card.concert),
        "backgroundColor": BACKGROUND,
        "foregroundColor": TEXT,
        "labelColor": LABEL,
        "relevantDate": card.starts_at.isoformat(),
        "expirationDate": (card.starts_at + OVER_AFTER).isoformat(),
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": card.code,
                "messageEncoding": "iso-8859-1",
                "altText": card.booking_number,
            }
        ],
        "eventTicket": _fields(card),
    }


def _fields(card: Card) -> dict[str, object]:
    labels = card.labels
    starts = {
        **_field("starts", labels.starts, card.starts_at.isoformat()),
        "dateStyle": "PKDateStyleMedium",
        "timeStyle": "PKDateStyleShort",
        # The clocks of the venue, wherever the phone is.
        "ignoresTimeZone": card.has_zone,
    }
    back = [
        _field("number", labels.number, card.booking_number),
        _field("place", labels.venue, card.venue),
    ]
    if card.proof:
        back.insert(0, _field("proof", labels.proof, card.proof))
    return {
        "primaryFields": [_field("concert", card.artist, card.concert)],
        "secondaryFields": [starts, _field("venue", labels.venue, card.venue)],
        "auxiliaryFields": [
            _field("seat", labels.seat, card.seat),
            _field("grade", labels.grade, card.grade),
        ],
        "backFields": back,
    }


def _field(key: str, label: str, value: str) -> dict[str, object]:
    return {"key": key, "label": label, "value": value}


def _sha1(content: bytes) -> str:
    # What the format asks for; what keeps a ticket from being changed is the signature.
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _signature(keys: AppleKeys, manifest: bytes) -> bytes:
    builder = PKCS7SignatureBuilder().set_data(manifest)
    builder = builder.add_signer(keys.certificate, keys.key, hashes.SHA256())
    for certificate in keys.chain:
        builder = builder.add_certificate(certificate)
    return builder.sign(Encoding.DER, SIGNED_AS)
