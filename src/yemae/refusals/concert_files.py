"""Refusals of changes to concerts by their files, and of what was decided about others."""

from dataclasses import dataclass

from yemae.refusals.base import Refusal


@dataclass(eq=False)
class ConcertFileRefused(Refusal):
    """The concert file cannot be loaded as the server and its orders are, and nothing was changed:
    seats that it is without are sold, or an id belongs to another concert."""

    slug = "concert-file-refused"
    status = 409
    title = "Concert file refused"
    reason: str

    def detail(self) -> str:
        """Say what is in the way."""
        return self.reason


@dataclass(eq=False)
class NotAsShown(Refusal):
    """The concert is not as it was shown: it was changed in between, or its first seat was sold.
    Nothing was written; look again."""

    slug = "not-as-shown"
    status = 409
    title = "Not what was shown"


@dataclass(eq=False)
class ConcertFileNotAgreed(Refusal):
    """Seats are sold or held, and the concert file changes what fans have bought by. Nothing was
    changed; send `agreed` as true if it has to be."""

    slug = "concert-file-not-agreed"
    status = 409
    title = "Changes after the first sale"
    questions: list[str]

    def detail(self) -> str:
        """Name the changes."""
        named = "; ".join(self.questions)
        return f"Seats are sold or held already, and this would change: {named}. Send `agreed`."


@dataclass(eq=False)
class ConcertFileNotKept(Refusal):
    """The server has no file of this concert, because an earlier version loaded it. Load its file
    once more with `yemae concerts load`."""

    slug = "concert-file-not-kept"
    status = 404
    title = "No file of this concert"
