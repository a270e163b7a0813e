"""A ticket for Apple Wallet has what the format asks for, and a signature that OpenSSL verifies."""

import hashlib
import io
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image

from helpers.phone_tickets import ORGANISATION, PASS_TYPE_ID, TEAM_ID, apple, authority
from phone_tickets.cards import CARD
from yemae.phone_tickets.apple import AppleKeys, pkpass
from yemae.phone_tickets.keys import read_phone_ticket_keys
from yemae.settings import Settings

OPENSSL = shutil.which("openssl")


@pytest.fixture(scope="module")
def keys() -> AppleKeys:
    """The operator's."""
    found = read_phone_ticket_keys(Settings().replace(phone_tickets=apple())).apple
    assert found is not None
    return found


def unpacked(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_pass_says_what_the_ticket_is_for(keys: AppleKeys) -> None:
    said = msgspec.json.decode(unpacked(pkpass(keys, CARD))["pass.json"])
    assert said["formatVersion"] == 1
    of = (said["passTypeIdentifier"], said["teamIdentifier"], said["organizationName"])
    assert of == (PASS_TYPE_ID, TEAM_ID, ORGANISATION)
    (barcode,) = said["barcodes"]
    assert (barcode["format"], barcode["message"]) == ("PKBarcodeFormatQR", CARD.code)
    assert barcode["altText"] == CARD.booking_number
    assert said["relevantDate"] == "2030-05-03T20:00:00+09:00"
    shown = said["eventTicket"]
    fields = {field["key"]: field for part in shown.values() for field in part}
    values = {key: field["value"] for key, field in fields.items()}
    assert values == {
        "concert": CARD.concert,
        "starts": "2030-05-03T20:00:00+09:00",
        "venue": CARD.venue,
        "seat": CARD.seat,
        "grade": CARD.grade,
        "proof": CARD.proof,
        "number": CARD.booking_number,
        "place": CARD.venue,
    }
    assert fields["starts"]["ignoresTimeZone"] is True
    assert fields["seat"]["label"] == "좌석"


def test_a_ticket_in_english_without_proof_and_with_unknown_clocks(keys: AppleKeys) -> None:
    start = datetime(2030, 5, 3, 11, tzinfo=UTC)
    card = CARD._replace(language="en", proof="", has_zone=False, starts_at=start)
    said = msgspec.json.decode(unpacked(pkpass(keys, card))["pass.json"])
    assert said["description"] == f"Ticket for {CARD.concert}"
    fields = {each["key"]: each for part in said["eventTicket"].values() for each in part}
    assert "proof" not in fields
    assert fields["seat"]["label"] == "Seat"
    assert fields["starts"]["ignoresTimeZone"] is False


def test_each_ticket_has_a_serial_of_its_own_which_stays(keys: AppleKeys) -> None:
    cards = [CARD, CARD._replace(language="en"), CARD._replace(code=f"{CARD.code}A")]
    said = [msgspec.json.decode(unpacked(pkpass(keys, each))["pass.json"]) for each in cards]
    first, again, other = (each["serialNumber"] for each in said)
    assert first == again != other


def test_the_manifest_has_every_file_and_phones_find_an_icon(keys: AppleKeys) -> None:
    files = unpacked(pkpass(keys, CARD))
    manifest = msgspec.json.decode(files.pop("manifest.json"))
    files.pop("signature")
    assert manifest == {
        name: hashlib.sha1(content, usedforsecurity=False).hexdigest()
        for name, content in files.items()
    }
    sizes = {
        name: Image.open(io.BytesIO(content)).size
        for name, content in files.items()
        if name.endswith(".png")
    }
    assert sizes == {"icon.png": (29, 29), "icon@2x.png": (58, 58), "icon@3x.png": (87, 87)}


def verified(folder: Path, files: dict[str, bytes]) -> bool:
    """Whether OpenSSL finds the operator's signature under the test's authority."""
    for name in ("manifest.json", "signature"):
        (folder / name).write_bytes(files[name])
    (folder / "authority.pem").write_bytes(authority().public_bytes(Encoding.PEM))
    assert OPENSSL
    done = subprocess.run(
        [
            *(OPENSSL, "smime", "-verify", "-inform", "DER", "-binary", "-purpose", "any"),
            *("-in", "signature", "-content", "manifest.json", "-CAfile", "authority.pem"),
            *("-out", "out"),
        ],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_openssl_verifies_the_signature_and_refuses_another_manifest(
    keys: AppleKeys, tmp_path: Path
) -> None:
    files = unpacked(pkpass(keys, CARD))
    assert verified(tmp_path, files)
    files["manifest.json"] += b" "
    assert not verified(tmp_path, files)
