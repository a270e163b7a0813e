"""The address that saves a ticket in Google Wallet has the whole ticket, signed, and is short."""

import re
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from helpers.phone_tickets import EMAIL, ISSUER_ID, google, google_key
from phone_tickets.cards import CARD
from yemae.phone_tickets.card import Card
from yemae.phone_tickets.google import SAVE, GoogleKeys, save_url
from yemae.phone_tickets.keys import read_phone_ticket_keys
from yemae.settings import Settings

NOW = datetime(2030, 1, 1, tzinfo=UTC)
ORIGIN = "https://tickets.example.com"
# Google advises 1,800 for links that stand in pages, which old browsers cut; ours is redirected to.
JWT_MAX_CHARS = 2_200


@pytest.fixture(scope="module")
def keys() -> GoogleKeys:
    """The operator's."""
    found = read_phone_ticket_keys(Settings().replace(phone_tickets=google())).google
    assert found is not None
    return found


def test_the_ticket_and_its_date_are_signed_for_google(keys: GoogleKeys) -> None:
    url = save_url(keys, CARD, ORIGIN, NOW)
    assert url.startswith(SAVE)
    token = url.removeprefix(SAVE)
    assert len(token) <= JWT_MAX_CHARS
    said = jwt.decode(
        token,
        google_key().public_key(),
        ["RS256"],
        audience="google",
        options={"verify_iat": False},
    )
    assert (said["iss"], said["typ"], said["origins"]) == (EMAIL, "savetowallet", [ORIGIN])
    assert said["iat"] == NOW.timestamp()
    (date,) = said["payload"]["eventTicketClasses"]
    (ticket,) = said["payload"]["eventTicketObjects"]
    assert date["id"] == ticket["classId"]
    assert re.fullmatch(rf"{ISSUER_ID}\.small-hall-2030-05-03\.[0-9a-f]{{8}}", date["id"])
    assert date["eventName"]["defaultValue"] == {"language": "ko", "value": CARD.concert}
    assert date["dateTime"]["start"] == "2030-05-03T20:00:00+09:00"
    assert ticket["id"] == f"{ISSUER_ID}.{CARD.serial}"
    assert ticket["barcode"]["value"] == CARD.code
    assert ticket["reservationInfo"] == {"confirmationCode": CARD.booking_number}
    assert ticket["seatInfo"]["seat"]["defaultValue"]["value"] == CARD.seat
    (proof,) = ticket["textModulesData"]
    assert proof["body"] == CARD.proof


def test_a_date_that_is_held_later_is_another_class(keys: GoogleKeys) -> None:
    """Google keeps a class as it was made."""

    def class_of(card: Card) -> str:
        url = save_url(keys, card, ORIGIN, NOW)
        said = jwt.decode(url.removeprefix(SAVE), options={"verify_signature": False})
        (date,) = said["payload"]["eventTicketClasses"]
        return str(date["id"])

    later = CARD._replace(starts_at=CARD.starts_at + timedelta(days=7))
    assert class_of(later) != class_of(CARD)
    # Tickets of one date have one class.
    assert class_of(CARD._replace(code="YEMAE1:OTHER", seat="1")) == class_of(CARD)


def test_without_a_known_address_and_without_proof_neither_is_there(keys: GoogleKeys) -> None:
    url = save_url(keys, CARD._replace(proof=""), "", NOW)
    said = jwt.decode(url.removeprefix(SAVE), options={"verify_signature": False})
    assert said["origins"] == []
    assert "textModulesData" not in said["payload"]["eventTicketObjects"][0]
