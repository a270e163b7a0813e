"""The base class of every refusal, from which problem documents are made."""

import random
from dataclasses import dataclass, fields
from typing import ClassVar, Self

# A client that the server refuses for its own reasons retries after a random time between these.
SOON_MIN_S, SOON_MAX_S = 2, 5


def soon_s() -> int:
    """Seconds until the next try, spread so that clients refused together do not retry together.
    Polls have their own intervals (sale/polls.py)."""
    return random.randint(SOON_MIN_S, SOON_MAX_S)  # noqa: S311 - no secret


@dataclass(eq=False)
class Refusal(Exception):
    """The request was understood and is refused."""

    slug: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "Refused"
    # The queue that is concerned, where the request does not name it; no part of the problem.
    queue_id: ClassVar[str | None] = None

    def __str__(self) -> str:
        return self.detail()

    def detail(self) -> str:
        """One sentence for people: what is wrong and what to do."""
        return type(self).explanation()

    def extra(self) -> dict[str, object]:
        """The fields that this problem adds to the standard ones."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def retry_after_s(self) -> int | None:
        """Seconds after which a retry makes sense, or None if none does."""
        return getattr(self, "retry_s", None)

    def of_queue(self, queue_id: str | None) -> Self:
        """The same, counted with the concert of a queue."""
        vars(self)["queue_id"] = queue_id
        return self

    @classmethod
    def explanation(cls) -> str:
        """The text of the problem's page: the docstring as one paragraph."""
        return " ".join((cls.__doc__ or "").split())
