"""What every refusal is, and how a document of a problem is made of it."""

import random
from dataclasses import dataclass, fields
from typing import ClassVar

# A client that is refused for a fault of ours retries after a random time between these.
SOON_MIN_S, SOON_MAX_S = 2, 5


def soon_s() -> int:
    """Seconds until another try, spread so that those who were refused together do not come back
    together. Polls have intervals of their own (polls.py)."""
    return random.randint(SOON_MIN_S, SOON_MAX_S)  # noqa: S311 - no secret


@dataclass(eq=False)
class Refusal(Exception):
    """The request was understood and is refused."""

    slug: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "Refused"

    def __str__(self) -> str:
        return self.detail()

    def detail(self) -> str:
        """One sentence for people: what is wrong and, where there is one, the way out."""
        return type(self).explanation()

    def extra(self) -> dict[str, object]:
        """The fields that this problem adds to the standard ones."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def retry_after_s(self) -> int | None:
        """Seconds after which asking again makes sense, or None where it does not."""
        return getattr(self, "retry_s", None)

    @classmethod
    def explanation(cls) -> str:
        """What the problem's page says: the docstring as one paragraph."""
        return " ".join((cls.__doc__ or "").split())
