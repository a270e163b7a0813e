"""Booking numbers: how they are written and read, and what a hold does that meets another's."""

from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from helpers.fans import Fan
from helpers.released import ORDER_ID, build
from yemae.orders.booking_number import CHARACTERS, TAIL_BITS, booking_number, tail_of
from yemae.orders.box_office import number_of
from yemae.runtime import Runtime
from yemae.sale.batches import Batches
from yemae.schema.migrate import upgrade
from yemae.store import node_clock

ORDER = UUID("0199d3b2-6a40-7c11-9d42-5d0f3f7a1b2c")


def test_a_number_has_ten_characters_that_are_not_mistaken_for_one_another() -> None:
    assert booking_number(ORDER) == "C7B69-ZWG3N"
    assert not set(b"0O1I") & set(CHARACTERS)
    assert len(set(CHARACTERS)) == 32


@given(st.integers(0, 2**128 - 1))
def test_a_number_is_read_as_the_end_of_its_orders_id(number: int) -> None:
    order_id = UUID(int=number)
    assert tail_of(booking_number(order_id)) == str(order_id)[-12:]


@pytest.mark.parametrize(
    "typed", ["c7b69zwg3n", " C7B69 ZWG3N ", "c7b-69z-wg3n", "C7B69\u2013ZWG3N"]
)
def test_a_number_is_read_in_whatever_case_and_groups(typed: str) -> None:
    assert tail_of(typed) == "5d0f3f7a1b2c"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "C7B69",
        "C7B69-ZWG30",
        "C7B69-ZWG3I",
        "C7B69-ZWG3NA",
        "ZZZZZ-ZZZZZ",
        # One above the last that has 48 bits.
        "JAAAA-AAAAA",
        "가나다라마바사아자차",
    ],
)
def test_what_no_order_can_have_is_no_number(typed: str) -> None:
    assert tail_of(typed) is None


def test_the_last_number_is_one_below_what_no_order_can_have() -> None:
    assert booking_number(UUID(int=2**128 - 1)) == "H9999-99999"
    assert tail_of("H9999-99999") == "f" * 12


@given(st.integers(0, 2**128 - 1))
def test_the_pass_number_of_a_box_office_sale_is_below_zero_and_as_unique_as_its_booking_number(
    number: int,
) -> None:
    order_id = UUID(int=number)
    assert number_of(order_id) == -1 - int(str(order_id)[-12:].replace("-", ""), 16)


async def test_a_hold_that_meets_the_number_of_another_order_gets_another(
    runtime: Runtime, batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await batches.hold.submit(Fan(runtime, "ann").hold_request("1"))
    met = iter([first.id.int])

    def same_end() -> UUID:
        own = uuid7().int
        return UUID(int=(own >> TAIL_BITS << TAIL_BITS) | next(met, own) & (1 << TAIL_BITS) - 1)

    monkeypatch.setattr(node_clock, "uuid7", same_end)
    other = await batches.hold.submit(Fan(runtime, "bob").hold_request("2"))
    assert next(met, None) is None
    assert booking_number(other.id) != booking_number(first.id)


def test_orders_of_before_have_a_number_and_are_found_by_it(empty_database_url: str) -> None:
    build(empty_database_url)
    upgrade(empty_database_url)
    number = booking_number(UUID(ORDER_ID))
    with psycopg.connect(empty_database_url) as database:
        found = database.execute(
            "select id from orders where right(id::text, 12) = %s", [tail_of(number)]
        ).fetchall()
    assert found == [(UUID(ORDER_ID),)]
