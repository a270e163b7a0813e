"""Messages of msgspec are read by one function."""

from typing import Any, Literal

import msgspec
import pytest

from yemae.base.validation import field_fault


class Seat(msgspec.Struct, forbid_unknown_fields=True):
    """A part of a document."""

    number: int
    kind: Literal["a", "b"] = "a"


class Hall(msgspec.Struct, forbid_unknown_fields=True):
    """A document."""

    seats: list[Seat]


@pytest.mark.parametrize(
    ("given", "kind", "path", "message"),
    [
        ({}, "missing", "seats", None),
        ({"seats": [{}]}, "missing", "seats[0].number", None),
        ({"seats": [{"number": 1, "x": 1}]}, "unknown", "seats[0].x", None),
        ({"seats": [{"number": 1, "kind": "c - at `$.d"}]}, "choice", "seats[0].kind", None),
        ({"seats": [{"number": "1"}]}, "value", "seats[0].number", "Expected `int`, got `str`"),
        ([], "value", "", "Expected `object`, got `array`"),
    ],
)
def test_the_field_and_its_fault_are_named(
    given: Any, kind: str, path: str, message: str | None
) -> None:
    with pytest.raises(msgspec.ValidationError) as raised:
        msgspec.convert(given, Hall)
    fault = field_fault(raised.value)
    assert (fault.kind, fault.path) == (kind, path)
    assert message in (None, fault.message)
