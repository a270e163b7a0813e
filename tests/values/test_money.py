"""Currencies and amounts: one table, and limits that fit one another."""

import runpy

import pytest

from helpers.pages import ROOT
from yemae.concerts.limits import SEATS_PER_ORDER_MAX
from yemae.http.server import korean
from yemae.refusals import BalanceLimitExceeded, InsufficientBalance
from yemae.settings import SettingsError, read_settings
from yemae.values import money


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (66_000, "KRW", "66,000 KRW"),
        (12_345, "USD", "123.45 USD"),
        (5, "EUR", "0.05 EUR"),
        (-1_250, "EUR", "-12.50 EUR"),
        (1_234_567, "KWD", "1,234.567 KWD"),
        (250_000_000, "IDR", "2,500,000.00 IDR"),
        (1_000, "HUF", "10.00 HUF"),
        (1_000, "IQD", "1.000 IQD"),
        (0, "JPY", "0 JPY"),
    ],
)
def test_an_amount_has_the_digits_of_iso_4217(minor: int, currency: str, text: str) -> None:
    assert money.amount(minor, currency) == text


def test_problems_write_amounts_by_the_same_table() -> None:
    short = InsufficientBalance(99, 12_345, "USD")
    assert short.detail() == "The balance is 0.99 USD and the order costs 123.45 USD."
    assert "0.99 USD" in korean.detail(short)
    assert "123.45 USD" in korean.detail(short)
    assert "1,000.000 KWD" in korean.detail(BalanceLimitExceeded(1_000_000, "KWD"))
    assert "1,000.000 KWD" in BalanceLimitExceeded(1_000_000, "KWD").detail()


def test_the_page_has_the_same_table() -> None:
    made = runpy.run_path(str(ROOT / "scripts" / "currencies.py"))
    assert made["TABLE"].read_text(encoding="utf-8") == made["table"](), "type `make docs`"


@pytest.mark.parametrize("currency", sorted(money.DIGITS))
def test_a_wallet_takes_the_dearest_order_in_one_top_up(currency: str) -> None:
    settings = read_settings({"YEMAE_CURRENCY": currency})
    dearest = SEATS_PER_ORDER_MAX * money.price_max(currency)
    assert dearest <= settings.sale.largest_balance
    # What a browser counts with, without losing a digit.
    assert settings.sale.largest_balance < 2**53


def test_a_currency_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="a currency of ISO 4217"):
        read_settings({"YEMAE_CURRENCY": "XYZ"})
