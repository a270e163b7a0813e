"""Masked names and addresses show their beginning, and never all of them."""

import pytest

from yemae.values.masks import masked_address, masked_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [("김철수", "김*수"), ("김철", "김*"), ("A", "A*"), ("", "*"), ("Ann Lee", "A*****e")],
)
def test_a_name_shows_its_ends(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("email", "shown"),
    [("ann@example.com", "a**@example.com"), ("a@b.kr", "a**@b.kr"), ("ann", "a**")],
)
def test_an_address_shows_its_first_letter_and_its_domain(email: str, shown: str) -> None:
    assert masked_address(email) == shown
