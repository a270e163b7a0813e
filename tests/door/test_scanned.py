"""Codes that a scanner typed through another keyboard are read as what was scanned."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yemae.door.scanned import as_code
from yemae.orders.ticket_code import PREFIX, Ticket, TicketSigner, read

SIGNER = TicketSigner("k" * 32)
CODE = SIGNER.sign(Ticket(UUID(int=7), "hall-1", "나-1"))
# The keys of a US keyboard that write a code, each with what another layout has there. Capitals are
# typed with Shift.
US = "ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567:"
GERMAN = "ABCDEFGHIJKLMNOPQRSTUVWXZY1234567Ö"
FRENCH = "QBCDEFGHIJKL?NOPARSTUVZXYW&é\"'(-èM"
RUSSIAN = "ФИСВУАПРШОЛДЬТЩЗЙКЫЕГМЦЧНЯ1234567Ж"
codes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=1, max_size=200).map(
    lambda text: PREFIX + text
)


def typed(code: str, layout: str) -> str:
    return code.translate(str.maketrans(US, layout))


@given(codes)
@pytest.mark.parametrize(
    ("layout", "name"), [(GERMAN, "QWERTZ"), (FRENCH, "AZERTY"), (RUSSIAN, "Russian")]
)
def test_every_code_comes_back_from_every_layout(layout: str, name: str, code: str) -> None:
    scanned = as_code(typed(code, layout))
    assert scanned.code == code
    assert name in scanned.layout


@given(codes)
def test_every_code_comes_back_from_small_letters(code: str) -> None:
    assert as_code(code.swapcase()) == (code, "")


def test_a_code_comes_back_from_a_korean_input_method() -> None:
    # As an input method composes it: Shift makes double consonants of Q, W, E, R and T.
    assert as_code("ㅛ뜸ㄸ1:몽쪼").code == "YEMAE1:AHDWH"
    # The same keys without Shift, which makes compounds of finals and vowels.
    assert as_code("ㅛ듬ㄷ1:삶놔").code == "YEMAE1:TKFASHK"


@pytest.mark.parametrize(
    "around",
    ["{}\r", "\ufeff{}", "\x02{}\x03", "]Q1{}", "\x02]Q1{}\r\n", "  {}  ", "]d2{}\x1d\x04"],
)
def test_what_scanners_put_around_a_code_is_left_out(around: str) -> None:
    scanned = as_code(around.format(CODE))
    assert scanned == (CODE, "")
    assert read(scanned.code, SIGNER.public_key).seat == "나-1"


def test_a_layout_that_is_not_known_is_named_as_a_reason() -> None:
    greek = typed(CODE, "ΑΒΨΔΕΦΓΗΙΞΚΛΜΝΟΠQΡΣΤΘΩWΧΥΖ1234567¨")
    assert "through another keyboard layout" in as_code(greek).hint
    for text in ("nonsense", "한글", "x" * 500, ""):
        assert as_code(text) == (text, "")
