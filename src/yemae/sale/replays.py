"""What several verbs need: Idempotency-Keys, replays, new answers and the store's time."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from yemae.base.batching import Later
from yemae.refusals import Refusal
from yemae.sale.decide_holds import HoldRequest
from yemae.sale.decide_payments import PayRequest
from yemae.wallet.decide import TopUpRequest


class WithId(Protocol):
    """Anything that is written under an id."""

    @property
    def id(self) -> UUID: ...  # noqa: D102


class Keyed(Protocol):
    """Anything that a user's request has made, with its Idempotency-Key."""

    @property
    def user_id(self) -> str: ...  # noqa: D102

    @property
    def idempotency_key(self) -> str | None: ...  # noqa: D102


class Timed(Protocol):
    """A row that says when it was read."""

    @property
    def now(self) -> datetime: ...  # noqa: D102


Made = TypeVar("Made", bound=WithId)
Replayed = TypeVar("Replayed", bound=Keyed)


def keys_of(
    requests: Iterable[HoldRequest] | Iterable[PayRequest] | Iterable[TopUpRequest],
) -> list[tuple[str, str]]:
    """The (user, Idempotency-Key) pairs of those requests that have one."""
    return [(r.user_id, r.idempotency_key) for r in requests if r.idempotency_key]


def by_key(made: Iterable[Replayed]) -> dict[tuple[str, str], Replayed]:
    """What earlier requests made, by (user, Idempotency-Key)."""
    return {(each.user_id, each.idempotency_key or ""): each for each in made}


def new_answers(answers: Iterable[Made | Refusal | Later], earlier: Iterable[WithId]) -> list[Made]:
    """The answers that are neither refusals, replays nor Later: what is still to be written."""
    fresh = {answer.id: answer for answer in answers if not isinstance(answer, (Refusal, Later))}
    for known in earlier:
        fresh.pop(known.id, None)
    return list(fresh.values())


def latest(rows: Iterable[Timed]) -> datetime:
    """The store's time after the last lock was had. Without a row no decision depends on it."""
    return max((row.now for row in rows), default=datetime.min.replace(tzinfo=UTC))
