"""How many fans one script call takes. A call never takes more, whatever the length of the queue,
because Valkey answers no other call meanwhile: 5 ms with a million fans is the aim."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

# Of a call that looks up fans, and of one that looks for passes to end, which writes far more.
FANS_MAX = 64
ENDS_MAX = 25

Row = TypeVar("Row")


def steps(rows: Sequence[Row], size: int = FANS_MAX) -> Iterator[Sequence[Row]]:
    """The rows in their order, at most `size` at a time; no rows are one empty step."""
    for first in range(0, max(1, len(rows)), size):
        yield rows[first : first + size]
