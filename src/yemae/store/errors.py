"""The error of a store that an operator has to look at, and what a statement has broken."""

from psycopg.errors import UniqueViolation

from yemae.values.troubles import TroubleError


class StoreError(TroubleError):
    """A store or its data folder cannot be used; the text is one or two sentences."""


def broken_index(error: Exception) -> str | None:
    """The unique index or constraint that a statement has broken; None: none."""
    return error.diag.constraint_name if isinstance(error, UniqueViolation) else None
