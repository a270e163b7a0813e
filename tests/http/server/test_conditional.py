"""If-None-Match and Accept-Encoding, read by one function each."""

import pytest

from yemae.http.server import conditional


@pytest.mark.parametrize(
    ("asked", "tag", "is_known"),
    [
        (None, '"a"', False),
        ("", '"a"', False),
        (" * ", '"a"', True),
        ('"a"', '"a"', True),
        ('W/"a"', '"a"', True),
        ('"a"', 'W/"a"', True),
        ('"b", W/"a"', '"a"', True),
        ('"aa"', '"a"', False),
        ("a", '"a"', False),
        ('"*"', '"a"', False),
    ],
)
def test_a_tag_is_known_by_weak_comparison(asked: str | None, tag: str, is_known: bool) -> None:
    assert conditional.is_known(asked, tag) == is_known


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("br", "br"),
        ("gzip;q=0.5, br;q=0", "gzip"),
        ("BR ; q=1.0", "br"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("br;q=0.000, *", "gzip"),
        ("deflate, zstd", "identity"),
        ("identity", "identity"),
    ],
)
def test_the_coding_follows_the_weights(accepted: str, coding: str) -> None:
    assert conditional.coding(accepted, ["br", "gzip"]) == coding


def test_a_coding_that_there_is_not_is_never_chosen() -> None:
    assert conditional.coding("br, gzip", []) == "identity"
    assert conditional.coding(None, ["br"]) == "identity"
