"""Ticket codes: what was signed is read, and nothing else is."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yemae.http.concert_shapes import EXAMPLE_PERFORMANCE
from yemae.http.fan.order_shapes import EXAMPLE_CODE
from yemae.http.fan.users import EXAMPLE_ID
from yemae.orders.ticket_code import (
    CODE_MAX_CHARS,
    DAMAGED,
    NOT_A_CODE,
    NOT_OURS,
    CodeError,
    Ticket,
    TicketSigner,
    read,
)

SIGNER = TicketSigner("a secret key that only the tests know")
OTHER = TicketSigner("another server's secret key, of the tests as well")
TICKET = Ticket(UUID(EXAMPLE_ID), "hall-1", "나-12")
CODE = SIGNER.sign(TICKET)
# ISO/IEC 18004, without the space, which is easily lost where people copy.
ALPHANUMERIC = re.compile(r"[0-9A-Z$%*+\-./:]+")

TICKETS = st.builds(
    Ticket,
    st.uuids(),
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20),
)


@given(TICKETS)
def test_a_code_says_what_was_signed_in_characters_that_keep_a_qr_code_small(
    ticket: Ticket,
) -> None:
    code = SIGNER.sign(ticket)
    assert read(code, SIGNER.public_key) == ticket
    assert ALPHANUMERIC.fullmatch(code)
    assert len(code) <= CODE_MAX_CHARS


@given(TICKETS)
def test_the_same_ticket_always_has_the_same_code_and_another_one_another(ticket: Ticket) -> None:
    again = TicketSigner("a secret key that only the tests know")
    assert again.sign(ticket) == SIGNER.sign(ticket)
    assert SIGNER.sign(ticket._replace(seat=ticket.seat + "1")) != SIGNER.sign(ticket)


@given(st.integers(0, len(CODE) - 1), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ:.-"))
def test_a_code_with_one_other_character_is_refused(place: int, character: str) -> None:
    changed = CODE[:place] + character + CODE[place + 1 :]
    if changed == CODE:
        assert read(changed, SIGNER.public_key) == TICKET
    else:
        with pytest.raises(CodeError):
            read(changed, SIGNER.public_key)


@given(st.integers(0, len(CODE) - 1))
def test_a_code_that_was_cut_is_refused(length: int) -> None:
    for cut in (CODE[:length], CODE[len(CODE) - length :]):
        with pytest.raises(CodeError):
            read(cut, SIGNER.public_key)


@given(st.text() | st.text().map("YEMAE1:".__add__))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(CodeError):
        read(text, SIGNER.public_key)


@pytest.mark.parametrize(
    "spoilt",
    [CODE + "A", CODE + "=", CODE + "A" * CODE_MAX_CHARS, CODE.lower(), f"{CODE}\n", f" {CODE}"],
)
def test_a_code_with_anything_added_is_refused(spoilt: str) -> None:
    with pytest.raises(CodeError):
        read(spoilt, SIGNER.public_key)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", NOT_A_CODE),
        (CODE.removeprefix("YEMAE1:"), NOT_A_CODE),
        (f" {CODE}", NOT_A_CODE),
        ("YEMAE1:", DAMAGED),
        (CODE + "?", DAMAGED),
        (CODE + "A" * CODE_MAX_CHARS, DAMAGED),
        # Well written, and too short for a signature and a ticket.
        ("YEMAE1:" + "A" * 16, DAMAGED),
        # As long as a code may be, and the next longer one that is well written.
        ("YEMAE1:" + "A" * (CODE_MAX_CHARS - 7), NOT_OURS),
        ("YEMAE1:" + "A" * (CODE_MAX_CHARS - 4), DAMAGED),
        (OTHER.sign(TICKET), NOT_OURS),
    ],
)
def test_what_is_wrong_with_a_code_is_said(text: str, reason: str) -> None:
    with pytest.raises(CodeError) as error:
        read(text, SIGNER.public_key)
    assert str(error.value) == reason


@given(TICKETS)
def test_a_ticket_of_another_server_is_refused(ticket: Ticket) -> None:
    with pytest.raises(CodeError, match="forged, damaged or another server's"):
        read(OTHER.sign(ticket), SIGNER.public_key)


def test_the_code_of_the_examples_is_signed_with_the_key_of_the_page() -> None:
    signer = TicketSigner("the secret key of the example, in tickets.md")
    ticket = Ticket(UUID(EXAMPLE_ID), str(EXAMPLE_PERFORMANCE["id"]), "7")
    assert signer.sign(ticket) == EXAMPLE_CODE
