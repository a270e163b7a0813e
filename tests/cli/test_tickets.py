"""`yemae tickets`: the key for those who build scanners, and what is said of a ticket."""

import asyncio
import base64
import io
import json
import sys
from types import SimpleNamespace

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from uuid_utils.compat import uuid7

from helpers.command import Done, yemae
from helpers.concerts import FIRST, SMALL, TEXT, load_concert
from helpers.fans import Fan
from helpers.owner import owner_url
from yemae.cli.tickets import LINE_MAX_BYTES
from yemae.concerts.files.concert_file import parse
from yemae.orders.order import Order
from yemae.orders.ticket_code import Ticket, TicketSigner
from yemae.runtime import open_runtime
from yemae.settings import Settings

OTHER = TicketSigner("another server's secret key, of the tests as well")
NOT_OURS = "refused: The signature does not fit: the code is forged, damaged or another server's.\n"
HALL = TEXT.format(**SMALL).replace('numbering = "', 'numbering = "나-')
PRICE_TYPES = """
[[price_types]]
id = "disabled"
name = "장애인"
percent_off = 50
proof = "복지카드"

[[price_types]]
id = "early"
name = "조기예매"
percent_off = 10
"""


async def _sell(settings: Settings, more: str = "", *types: str) -> Order:
    await load_concert(settings, parse(HALL + more, "hall.toml"))
    async with open_runtime(settings) as runtime:
        fan = Fan(runtime, "fan")
        await fan.top_up()
        await fan.hold("나-1", "나-2", price_types=types)
        return (await fan.pay()).order


@pytest.fixture
def sold(named_stores: Settings) -> Order:
    """An order of the seats 나-1 and 나-2 that was paid."""
    return asyncio.run(_sell(named_stores))


@pytest.fixture
def signer(named_stores: Settings) -> TicketSigner:
    """This server's."""
    return TicketSigner(named_stores.stores.secret_key)


def become(settings: Settings, order: Order, status: str) -> None:
    """An order that its tickets have outlived, as after a database was put back."""
    with psycopg.connect(owner_url(settings)) as database:
        database.execute("delete from tickets")
        database.execute("set session_replication_role = replica")
        database.execute("update orders set status = %s where id = %s", [status, order.id])


def scan(monkeypatch: pytest.MonkeyPatch, lines: bytes, *, typed: bool = False) -> Done:
    """Check what a scanner writes to stdin, or types."""
    stdin = SimpleNamespace(buffer=io.BytesIO(lines), isatty=lambda: typed)
    monkeypatch.setattr(sys, "stdin", stdin)
    return yemae("tickets", "check")


def test_a_paid_ticket_is_valid_and_said_in_words(sold: Order, signer: TicketSigner) -> None:
    done = yemae("tickets", "check", signer.sign(Ticket(sold.id, FIRST, "나-2")))
    assert done == (0, "valid: Test, 2030-01-01 10:00Z, hall-1, seat 나-2\n", "")


def test_a_price_type_is_said_with_the_proof_that_has_to_be_shown(
    named_stores: Settings, signer: TicketSigner
) -> None:
    order = asyncio.run(_sell(named_stores, PRICE_TYPES, "disabled", "early"))
    codes = [signer.sign(Ticket(order.id, FIRST, seat)) for seat in ("나-1", "나-2")]
    done = yemae("tickets", "check", *codes)
    said = "valid: Test, 2030-01-01 10:00Z, hall-1, seat"
    assert done.out.splitlines() == [
        f"{said} 나-1, 장애인 (복지카드)",
        f"{said} 나-2, 조기예매 (no proof needed)",
    ]
    as_json = json.loads(yemae("tickets", "check", "--json", codes[0]).out)
    assert as_json["price_type"]["proof"] == "복지카드"


def test_programs_get_a_line_of_json_for_each_code(sold: Order, signer: TicketSigner) -> None:
    code = signer.sign(Ticket(sold.id, FIRST, "나-1"))
    done = yemae("tickets", "check", "--json", code, "nonsense")
    assert (done.code, done.err) == (1, "")
    assert [json.loads(line) for line in done.out.splitlines()] == [
        {
            "valid": True,
            "order_id": str(sold.id),
            "concert": "Test",
            "performance_id": FIRST,
            "starts_at": "2030-01-01T10:00:00.000Z",
            "seat": "나-1",
            "price_type": None,
        },
        {"valid": False, "reason": "This is no ticket code: those begin with YEMAE1."},
    ]


def test_a_signature_alone_opens_no_door(sold: Order, signer: TicketSigner) -> None:
    for ticket, reason in (
        (Ticket(sold.id, FIRST, "나-3"), "Seat 나-3 was not sold to the order of this ticket."),
        (Ticket(sold.id, "hall-2", "나-1"), "Seat 나-1 was not sold to the order of this ticket."),
        (Ticket(sold.id, "elsewhere", "나-1"), "There is no performance 'elsewhere' here."),
        (Ticket(uuid7(), FIRST, "나-1"), "The order of this ticket is not in the database."),
    ):
        done = yemae("tickets", "check", signer.sign(ticket))
        assert done == (1, f"refused: {reason}\n", "")


@pytest.mark.parametrize("status", ["released", "expired", "cancelled"])
def test_a_ticket_that_is_no_longer_paid_is_refused(
    named_stores: Settings, sold: Order, signer: TicketSigner, status: str
) -> None:
    become(named_stores, sold, status)
    done = yemae("tickets", "check", signer.sign(Ticket(sold.id, FIRST, "나-1")))
    assert done == (1, f"refused: The order of this ticket is {status}, not paid.\n", "")


def test_a_forged_ticket_is_refused_with_and_without_the_database(sold: Order) -> None:
    code = OTHER.sign(Ticket(sold.id, FIRST, "나-1"))
    assert yemae("tickets", "check", code) == (1, NOT_OURS, "")
    assert yemae("tickets", "check", "--offline", code) == (1, NOT_OURS, "")
    cut = yemae("tickets", "check", code[:-1])
    assert cut == (1, "refused: The code is damaged: characters are wrong or missing.\n", "")


def test_a_scanner_writes_codes_and_reads_verdicts_line_by_line(
    monkeypatch: pytest.MonkeyPatch, sold: Order, signer: TicketSigner
) -> None:
    code = signer.sign(Ticket(sold.id, FIRST, "나-1")).encode()
    done = scan(monkeypatch, code + b"\r\n\n  \xff\xfe\n" + code)
    assert (done.code, done.err) == (1, "")
    verdicts = [line.partition(":")[0] for line in done.out.splitlines()]
    assert verdicts == ["valid", "refused", "valid"]
    assert scan(monkeypatch, code).code == 0
    hint = "Scan or type codes, one on each line; Ctrl-D ends.\n"
    assert scan(monkeypatch, code, typed=True).err == hint
    assert scan(monkeypatch, b"\n") == (2, "", "yemae: There was no code to check.\n")


def test_a_scanner_that_is_a_keyboard_of_any_kind_is_read(
    monkeypatch: pytest.MonkeyPatch, sold: Order, signer: TicketSigner
) -> None:
    code = signer.sign(Ticket(sold.id, FIRST, "나-1"))
    german = code.translate(str.maketrans("YZ:", "ZYÖ"))
    said = f"\ufeff{code}\r]Q1{code}\r\x02{code}\x03{code.lower()}\r{german}\r{german[:-2]}\r"
    done = scan(monkeypatch, said.encode())
    *valid, cut = done.out.splitlines()
    assert [line.partition(":")[0] for line in valid] == ["valid"] * 5
    assert cut.startswith("refused: ")
    assert cut.endswith(
        "It seems that the scanner types through a QWERTZ (German) keyboard layout: set the layout "
        "of this computer, or of the scanner, to US English."
    )


@pytest.mark.usefixtures("named_stores")
def test_input_without_lines_is_refused_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    done = scan(monkeypatch, b"A" * (LINE_MAX_BYTES + 1))
    refused = "refused: This is no ticket code: those begin with YEMAE1.\n"
    assert (done.code, done.out) == (1, 2 * refused)


def test_the_public_key_is_all_that_is_needed_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YEMAE_SECRET_KEY", "k" * 32)
    key = yemae("tickets", "key").out.strip()
    code = TicketSigner("k" * 32).sign(Ticket(uuid7(), FIRST, "나-1"))
    valid = (0, "valid: hall-1, seat 나-1\n", "")
    assert yemae("tickets", "check", "--offline", code) == valid
    monkeypatch.delenv("YEMAE_SECRET_KEY")
    # No secret and no store is at hand now.
    assert yemae("tickets", "check", "--offline", "--key", key, code) == valid


def test_the_key_comes_in_the_forms_that_libraries_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YEMAE_SECRET_KEY", "k" * 32)
    raw = bytes.fromhex(yemae("tickets", "key").out)
    public = TicketSigner("k" * 32).public_key
    assert Ed25519PublicKey.from_public_bytes(raw) == public
    pem = yemae("tickets", "key", "--format", "pem").out
    assert load_pem_public_key(pem.encode()) == public
    jwk = yemae("tickets", "key", "--format", "jwk").json()
    assert (jwk["kty"], jwk["crv"]) == ("OKP", "Ed25519")
    assert base64.urlsafe_b64decode(jwk["x"] + "=") == raw


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--key", "00" * 32), "--key belongs to --offline: a server checks with its own key."),
        (
            ("--offline", "--key", "nonsense"),
            "--key is no public key: 64 characters of hex, as `yemae tickets key` prints them.",
        ),
        (
            ("--offline", "--key", "00" * 31),
            "--key is no public key: 64 characters of hex, as `yemae tickets key` prints them.",
        ),
    ],
)
def test_nonsense_ends_with_2(options: tuple[str, ...], sentence: str) -> None:
    assert yemae("tickets", "check", *options, "YEMAE1:A") == (2, "", f"yemae: {sentence}\n")


def test_without_a_key_nothing_is_printed_or_checked() -> None:
    for command in (("key",), ("check", "--offline", "YEMAE1:A")):
        done = yemae("tickets", *command)
        assert (done.code, done.out) == (1, "")
        assert done.err.count("\n") == 1


def test_a_database_that_is_away_is_no_verdict(
    named_stores: Settings, signer: TicketSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = signer.sign(Ticket(uuid7(), FIRST, "1"))
    monkeypatch.setenv("YEMAE_DATABASE_URL", f"{named_stores.stores.database_url} port=1")
    done = yemae("tickets", "check", code)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("yemae: ")
