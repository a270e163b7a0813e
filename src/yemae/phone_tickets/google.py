"""A ticket for Google Wallet: an address that saves it, which has the whole ticket in it as a JWT.
Pure.

The JWT is signed by the operator's service account (RS256) and creates both the class of the date
and the object of the ticket, so nothing is asked of Google before a fan presses the button. A class
that is there stays as it was made, so its id goes by what it says: a date that is held later has
another class.
"""

import hashlib
from datetime import datetime
from typing import NamedTuple

import jwt.api_jws
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from yemae.phone_tickets.card import Card

SAVE = "https://pay.google.com/gp/v/save/"
ALGORITHM = "RS256"
DIGEST_CHARS = 8


class GoogleKeys(NamedTuple):
    """What signs tickets: the account of the issuer, and its service account."""

    issuer_id: str
    email: str
    key: RSAPrivateKey


def save_url(keys: GoogleKeys, card: Card, origin: str, now: datetime) -> str:
    """The address that saves a ticket; `origin` is of the page that leads there, empty where it is
    not known."""
    date = _class(keys, card)
    claims = {
        "iss": keys.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(now.timestamp()),
        "origins": [origin] if origin else [],
        "payload": {
            "eventTicketClasses": [date],
            "eventTicketObjects": [_object(keys, card, date["id"])],
        },
    }
    # Names stay as short as they are: the library's own JSON has six characters for each syllable.
    return SAVE + jwt.api_jws.encode(msgspec.json.encode(claims), keys.key, ALGORITHM)


def _class(keys: GoogleKeys, card: Card) -> dict[str, object]:
    said = {
        "issuerName": card.artist,
        "reviewStatus": "UNDER_REVIEW",
        "eventName": _said(card, card.concert),
        "venue": {"name": _said(card, card.venue), "address": _said(card, card.venue)},
        "dateTime": {"start": card.starts_at.isoformat()},
    }
    digest = hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:DIGEST_CHARS]
    return {"id": f"{keys.issuer_id}.{card.performance_id}.{digest}", **said}


def _object(keys: GoogleKeys, card: Card, class_id: object) -> dict[str, object]:
    said: dict[str, object] = {
        "id": f"{keys.issuer_id}.{card.serial}",
        "classId": class_id,
        "state": "ACTIVE",
        "barcode": {"type": "QR_CODE", "value": card.code, "alternateText": card.booking_number},
        "reservationInfo": {"confirmationCode": card.booking_number},
        "seatInfo": {"seat": _said(card, card.seat)},
        "ticketType": _said(card, card.grade),
    }
    if card.proof:
        text = {"id": "proof", "header": card.labels.proof, "body": card.proof}
        said["textModulesData"] = [text]
    return said


def _said(card: Card, text: str) -> dict[str, object]:
    return {"defaultValue": {"language": card.language, "value": text}}
