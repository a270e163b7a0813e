"""What several verbs need: Idempotency-Keys, answers that are new, and the store's time."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from yemae.base.batching import Later
from yemae.orders.decide import HoldRequest
from yemae.refusals import (
    Refusal,
)
from yemae.sale.decide_payments import PayRequest
from yemae.wallet.decide import TopUpRequest


def keys_of(
    requests: Iterable[HoldRequest] | Iterable[PayRequest] | Iterable[TopUpRequest],
) -> list[tuple[str, str]]:
    """The (user, Idempotency-Key) pairs of those requests that have one."""
    return [(r.user_id, r.idempotency_key) for r in requests if r.idempotency_key]


def new_answers(answers: Iterable[Any], earlier: Iterable[Any]) -> list[Any]:
    """The answers that are neither refusals, repeats nor Later: what is still to be written."""
    known = {answer.id for answer in earlier}
    made = (answer for answer in answers if not isinstance(answer, Refusal | Later))
    fresh = {answer.id: answer for answer in made if answer.id not in known}
    return list(fresh.values())


def latest(rows: Iterable[Any]) -> datetime:
    """The store's time after the last lock was had. Without a row nothing hangs on it."""
    return max((row.now for row in rows), default=datetime.min.replace(tzinfo=UTC))
