"""The Korean text of a problem; the English one is in `refusals/`, beside the fields.

A test proves that no problem is missing and that both languages name the same fields.
"""

from typing import Any

from yemae.http.server import korean_faults
from yemae.http.server.korean_problems import WORDS
from yemae.http.server.korean_statuses import ORDER_STATUSES, SEAT_LIMITS
from yemae.refusals import InvalidRequest, Refusal
from yemae.values import money


def title(refusal: Refusal | type[Refusal]) -> str:
    """The title of a problem."""
    return WORDS[refusal.slug].title


def text(refusal: Refusal | type[Refusal]) -> str:
    """The text of the problem's page."""
    return WORDS[refusal.slug].text


def detail(refusal: Refusal) -> str:
    """What is wrong in this case and what to do."""
    words = WORDS[refusal.slug]
    return words.detail.format(**_values(refusal)) if words.detail else words.text


def fields(refusal: Refusal) -> dict[str, object]:
    """The fields of a problem, with what is wrong with each field of the request."""
    if isinstance(refusal, InvalidRequest):
        return {
            "errors": [
                {"field": error.field, "detail": korean_faults.said(error.detail)}
                for error in refusal.errors
            ]
        }
    return refusal.extra()


def _values(refusal: Refusal) -> dict[str, str]:
    if isinstance(refusal, InvalidRequest):
        return {"errors": ", ".join(error.field for error in refusal.errors)}
    values = vars(refusal)
    return {name: _shown(name, value, values.get("currency")) for name, value in values.items()}


def _shown(name: str, value: Any, currency: str | None) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if name == "order_status":
        return ORDER_STATUSES[value]
    if name == "per":
        return SEAT_LIMITS[value]
    if currency is not None and isinstance(value, int):
        return money.amount(value, currency)
    return f"{value:,}" if isinstance(value, int) else str(value)
